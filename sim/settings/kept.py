"""Configs on disk: what Hydra makes of a shipped case is the same at every start.

Composing takes half of what a warm command takes. A config is kept beside the compiled rules under
the words it was composed of, and under path, size and time of every file that had a say: choices,
cases with their series, and the code.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sim.base.choices import conf_dir
from sim.base.files import write_whole
from sim.settings.config import Config

#: A choice of what is shipped. Whatever else is typed may refer to files that are not looked at.
_CHOICE = re.compile(r"(case|response)=\w+", re.ASCII)


def kept(words: Sequence[str], composed: Callable[[], Config]) -> Config:
    """The config of these words: from disk if they are choices only, else as `composed` makes it.

    What cannot be read, or is not whole, is composed; a folder that cannot be written costs half a
    second at the next start.
    """
    if not all(_CHOICE.fullmatch(word) for word in words):
        return composed()
    digest = hashlib.sha256(repr((list(words), _stamps())).encode()).hexdigest()
    file = Path(os.environ["NUMBA_CACHE_DIR"]) / f"composed-{digest[:24]}.pickle"
    with suppress(OSError):
        said, _, content = file.read_bytes().partition(b"\n")
        if said == hashlib.sha256(content).hexdigest().encode():
            found: Config = pickle.loads(content)  # beside what is compiled, which is code as well
            return found
    made = composed()
    content = pickle.dumps(made)
    with suppress(OSError):
        write_whole(file, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    return made


def _stamps() -> list[tuple[str, int, int]]:
    """What tells the files that have a say from the same ones changed."""
    files = [file for file in conf_dir().rglob("*") if file.is_file()]
    files += Path(__file__).resolve().parents[1].rglob("*.py")
    abouts = [(str(file.resolve()), file.stat()) for file in sorted(files)]
    return [(name, about.st_mtime_ns, about.st_size) for name, about in abouts]
