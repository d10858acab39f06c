"""Files that are whole or absent: written beside their place, then renamed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def written_aside(
    final: Path, keep: bool = True, lasting: bool = True, private: bool = False
) -> Iterator[IO[bytes]]:
    """A new file beside the final one, in a folder that is made: renamed when whole, else gone.

    Created like any other file (readable as the umask says), not as a private temporary one: a
    store may be shared. Several processes may write the same file at once.
    keep : False for a trial. private : for nobody but its owner to read. lasting : on the disk
    before it is renamed, so that a power cut leaves no empty file.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.with_name(f"{final.stem}.{secrets.token_hex(4)}.partial")
    try:
        mode = 0o600 if private else 0o666
        with open(partial, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as file:
            yield file
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        if keep:
            os.replace(partial, final)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, private: bool = False) -> None:
    """A small file that can be made again. private : for nobody but its owner to read."""
    with written_aside(path, lasting=False, private=private) as file:
        file.write(content)


def set_aside(path: Path) -> Path:
    """Move a file that cannot be trusted out of the way; where it is now."""
    aside = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.damaged")
    os.replace(path, aside)
    return aside
