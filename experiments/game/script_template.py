"""`backlash case script FILE`: begins a script for a case of one's own.

What is written is a script that can be checked and played at once: four decisions at usual hours
after the case became public. Words stand in script_template.yaml.j2; those to be replaced say so.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from experiments.game.script_file import FOLDER, script_path
from experiments.game.world import World, case_of
from experiments.pictures.templates import text_environment
from sim import zones
from sim.base.choices import conf_dir
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.case.case import Case

TO_WRITE = "[…]"  #: stands in texts that nobody has written yet
HOURS = (0.25, 7, 24, 48)  #: of the decisions, after the clock start. Assumed, as usual meetings
_AT_LEAST_D = 4  #: days of a case that has room for them


def begin(name: str) -> Path:
    """Write the template of a script beside a case of one's own; returns where it lies.

    Raises ConfigError for a shipped case, one that is too short, and a script that is there.
    """
    if (conf_dir() / "case" / f"{name}.yaml").is_file():
        raise ConfigError(
            "case script", name, "is a shipped case", "a case file of your own",
            f"a copy of conf/case/{name}.yaml here, then backlash case script {name}.yaml",
        )  # fmt: skip
    file = name if name.lower().endswith((".yaml", ".yml")) else f"{name}.yaml"
    case, path = case_of(World(file, 0, 0)), script_path(file)
    if path.exists():
        raise ConfigError(
            "case script", str(path), "is there already, and is not overwritten",
            "a case without a script", f"backlash case check {file}",
        )  # fmt: skip
    left = zones.span(case.clock_start_time, case.start, case.time_zone) / timedelta(days=1)
    if left + case.horizon_d < _AT_LEAST_D:
        raise ConfigError(
            "case.horizon_d", case.horizon_d, "too short for a game",
            f"{_AT_LEAST_D} days from the event that begins it, or more", "horizon_d: 14",
        )  # fmt: skip
    path.parent.mkdir(exist_ok=True)
    write_whole(path, text_of(case).encode())
    return path


def text_of(case: Case) -> str:
    """The template of a script for a case, YAML."""
    pages = text_environment(Path(__file__).parent)
    return pages.get_template("script_template.yaml.j2").render(
        name=case.name,
        folder=FOLDER,
        about=case.about,
        founder=case.founder,
        times=[f"{case.after(hours):%Y-%m-%d %H:%M}" for hours in HOURS],
        to_write=TO_WRITE,
        topics=[(event.id, event.text) for event in case.events
                if event.id in {item.id for item in case.forcing if item.tag}],
    )  # fmt: skip
