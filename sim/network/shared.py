"""Networks that runs share: cells of a study that meet the same seed meet the same graph.

Whoever uses a network holds it; beyond that the latest ones are kept, up to KEPT bytes. A file
is read once, and again when it has changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from weakref import WeakValueDictionary

from sim.network.network import Network
from sim.settings.network_config import NetworkConfig

KEPT = 256 * 2**20  #: bytes of networks that nobody uses any more

_lock = threading.Lock()
_building: dict[Hashable, threading.Lock] = {}
_used: WeakValueDictionary[Hashable, Network] = WeakValueDictionary()
_latest: OrderedDict[Hashable, Network] = OrderedDict()


def held(key: Hashable, build: Callable[[], Network]) -> Network:
    """The network of this key: there already, being built by another thread, or built now.

    One lock a key, so that threads that ask for different networks build side by side, and those
    that ask for the same one wait for it. What `build` raises ends the call, and the next one tries
    again.
    """
    with _lock:
        turn = _building.setdefault(key, threading.Lock())
    with turn:
        with _lock:
            network = _used.get(key)
        if network is None:
            network = build()
        with _lock:
            _used[key] = network
            _latest[key] = network
            _latest.move_to_end(key)
            # Those in use stay alive by whoever uses them, whatever is let go of here.
            while _latest and sum(each.nbytes for each in _latest.values()) > KEPT:
                _latest.popitem(last=False)
            _building.pop(key, None)
    return network


def stamp(config: NetworkConfig) -> tuple[tuple[str, int, int], ...]:
    """What tells a file from the same file when it has been changed; empty without files."""
    names = (config.edges, config.people, config.saved)
    files = [Path(name).expanduser() for name in names if name is not None]
    return tuple(
        (str(file), file.stat().st_mtime_ns, file.stat().st_size)
        for file in files
        if file.is_file()
    )
