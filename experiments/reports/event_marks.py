"""The events of a case as plots mark them."""

from __future__ import annotations

import pandas as pd

from sim.case.case import Case


def marks(case: Case) -> pd.DataFrame:
    """The events of a case that drive it or that a brand could choose, a row each."""
    return pd.DataFrame(
        [
            {
                "id": event.id,
                "time": event.time,
                "certainty": event.certainty,
                "begins": event.bracket[0] if event.bracket else None,
                "ends": event.bracket[1] if event.bracket else None,
            }
            for event in case.events
            if event.role in ("forcing", "lever")
        ],
        columns=["id", "time", "certainty", "begins", "ends"],
    )
