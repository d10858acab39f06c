"""Libraries of the extra `analysis`, without which sensitivity and scenario discovery are refused.

The indices come from SALib and the boxes from the EMA Workbench; both are tested on functions whose
answers are known.
"""

from __future__ import annotations

from sim.base.refusal import ConfigError


def needs(library: str) -> ConfigError:
    """The refusal that is raised where a library of the extra is missing: what to install."""
    return ConfigError(
        "analysis",
        library,
        "this library is not installed",
        "make extras, or pip install -c constraints.txt -e '.[analysis]'",
        "make extras",
    )
