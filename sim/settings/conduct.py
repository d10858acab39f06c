"""Settings of how a run is computed and looked at: no part of its name, for they change no bit."""

from __future__ import annotations

from dataclasses import dataclass

from sim.base.refusal import ConfigError, check_ranges
from sim.settings.fields import setting


@dataclass(frozen=True)
class EngineConfig:
    """How a run is computed; never part of its name, because it cannot change a bit of it.

    `columnar` computes columns of people in compiled code, `mesa` lets every agent act by the same
    rules: slowly, to be read, watched and extended.
    """

    name: str = "columnar"  #: columnar or mesa
    threads: int | None = None  #: runs at a time; null: as many as the cores carry
    threads_per_run: int = 1  #: threads that share the people of one run

    def __post_init__(self) -> None:
        """Refuse an engine that there is not, threads out of range, and threads within a Mesa run.

        Raises ConfigError.
        """
        if self.name not in ("columnar", "mesa"):
            raise ConfigError(
                "engine.name", self.name, "no such engine", "columnar, mesa", "engine=columnar"
            )
        if self.threads is not None and not 1 <= self.threads <= 1024:
            raise ConfigError(
                "engine.threads", self.threads, "runs need a thread to run in",
                "1 to 1024, or null for one a core", "engine.threads=null",
            )  # fmt: skip
        if not 1 <= self.threads_per_run <= 64:
            raise ConfigError(
                "engine.threads_per_run", self.threads_per_run, "a run needs a thread to run in",
                "1 to 64", "engine.threads_per_run=2",
            )  # fmt: skip
        if self.threads_per_run > 1 and self.name == "mesa":
            raise ConfigError(
                "engine.threads_per_run", self.threads_per_run,
                "Mesa's agents take their turns in one thread", "1 with engine=mesa",
                "engine=columnar",
            )  # fmt: skip


@dataclass(frozen=True)
class SnapshotConfig:
    """Which people are looked at, and how often; never part of a run's name: it only observes.

    See `sim.snapshots`, which writes what is seen.
    """

    every_h: float = setting(
        0.0, 0, 2160, "h", "hours between two snapshots of people, whole steps; 0 = none",
        "observes only", "-",
    )  # fmt: skip
    people: int = setting(
        1000, 3, 20_000_000, "people",
        "people in each snapshot, the same in all, kinds in proportion; all people if there are no "
        "more",
        "observes only", "-",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check_ranges(self, "snapshots")
