"""Files that are whole or absent: written beside their place, then renamed."""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import zlib
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
    except OSError as problem:
        if problem.errno is not None and problem.filename is None:
            problem.filename = str(final)  # a disk that fills up does not say which file it was
        raise
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes, private: bool = False) -> None:
    """A small file that can be made again. private : for nobody but its owner to read."""
    with written_aside(path, lasting=False, private=private) as file:
        file.write(content)


def write_sealed(path: Path, text: str, about: str) -> None:
    """A small text under a line that says what it is and bears its digest: `# about; digest ...`.

    For numbers that are believed later: a flipped digit looks like any other.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    write_whole(path, f"# {about}; digest {digest}\n{text}".encode())


def read_sealed(path: Path) -> str:
    """What `write_sealed` wrote. Raises ValueError for another text, OSError for no file."""
    return _sealed(path, path.read_bytes())


def _sealed(path: Path, content: bytes) -> str:
    """The text under a line that bears its digest."""
    head, _, text = content.decode("utf-8").partition("\n")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    if not head.startswith("# ") or not head.endswith(f"; digest {digest}"):
        raise ValueError(f"{path}: not as it was written, its lines have the digest {digest}")
    return text


def write_sealed_gz(path: Path, text: str, about: str) -> None:
    """As `write_sealed`, compressed; the same text gives the same bytes."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    write_whole(path, gzip.compress(f"# {about}; digest {digest}\n{text}".encode(), mtime=0))


def read_sealed_gz(path: Path) -> str:
    """What `write_sealed_gz` wrote. Raises ValueError for another text, OSError for no file."""
    try:
        content = gzip.decompress(path.read_bytes())
    except (EOFError, zlib.error) as problem:
        raise ValueError(f"{path}: not whole ({problem})") from problem
    return _sealed(path, content)


def set_aside(path: Path) -> Path:
    """Move a file that cannot be trusted out of the way; where it is now."""
    aside = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.damaged")
    os.replace(path, aside)
    return aside


#: Digests of files that have not changed since, as far as their times and size say.
_DIGESTS: dict[str, tuple[tuple[int, ...], str]] = {}


def content_digest(path: Path) -> str:
    """Sixteen hex digits of what a file holds; read once in a process, and again when it changed.

    Raises OSError for one that cannot be read.
    """
    about = os.stat(path)
    stamp = (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_dev, about.st_ino)
    known = _DIGESTS.get(str(path))
    if known is None or known[0] != stamp:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        known = _DIGESTS[str(path)] = (stamp, digest)
    return known[1]
