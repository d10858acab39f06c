"""docs/parameters.md, generated from the typed settings: `make docs` prints it into its place.

Single entries of it (`told`) stand in data dictionaries and beside figures, too. The response
`as_happened`, which names every lever of every kind, is written from the same declarations.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, NamedTuple

from sim.base.choices import DEFAULT_CASE, conf_dir
from sim.base.digest import plain
from sim.playbook.kinds import KINDS
from sim.playbook.response import Response
from sim.settings.conduct import SnapshotConfig
from sim.settings.config import ClockConfig, PopulationConfig
from sim.settings.constants import Constants
from sim.settings.keys import setting_of
from sim.settings.network_config import NetworkConfig
from sim.settings.parameters import KNOCK_OUT, Parameters

#: Settings that are no numbers of the model: key, default, what it says.
OTHERS = (
    ("case", DEFAULT_CASE, "an option of conf/case, or a file"),
    ("response", "as_happened", "an option of conf/response"),
    ("response.acts", "{}", "acts with names of their own, any number of any kind: "
     "response.acts.second_letter={kind: apology, delay_h: 30}, with the levers of its kind"),
    ("population", "default", "conf/population: classroom 300 people, default 3,000, city a "
     "million, full_scale five million"),
    ("network", "default", "conf/network: default, communities"),
    ("network.edges", "null", "a file of ties, columns follower, followed (docs/recipes.md)"),
    ("network.people", "null", "with it, a file of people: id, kind, traits (docs/recipes.md)"),
    ("network.saved", "null", "a network that `backlash network save=DIR` wrote"),
    ("uncertainty", "posterior", "point, prior or posterior: how replicates differ"),
    ("uncertainty.n_seeds", "1", "seeds in each world"),
    ("uncertainty.fixed", "-", "parameters that are not drawn, with spaces between; whoever sets "
     "`parameters.NAME=` fixes it"),
    ("engine", "columnar", "columnar or mesa: the same bits"),
    ("engine.threads", "null", "runs at a time, 1 to 1024; null: as many as the cores carry"),
    ("engine.threads_per_run", "1", "threads that share one run, 1 to 64; from 100,000 people"),
    ("seed", "0", "the first seed"),
    ("n_replicates", "1", "worlds, or seeds at uncertainty=point"),
    ("results", "results", "the folder of the store"),
    ("format", "table", "table or json"),
    ("lang", "en", "en or zh"),
)  # fmt: skip


class Told(NamedTuple):
    """What is said of a setting."""

    unit: str
    meaning: str
    provenance: str


def told(key: str) -> Told | None:
    """What docs/parameters.md says of a key; None for one that it does not know."""
    for other, _, meaning in OTHERS:
        if key == other:
            return Told("choice", meaning, "lever")
    group, _, name = key.partition(".")
    if group == "mechanisms" and name in KNOCK_OUT:
        sets = ", ".join(f"{k} = {v:g}" for k, v in KNOCK_OUT[name].items())
        return Told("yes/no", f"false knocks it out: {sets}", "assumed")
    found = setting_of(key)
    if found is None:
        return None
    item, value = found
    if "low" in item.metadata:
        meta = item.metadata
        return Told(meta["unit"], meta["meaning"], meta["provenance"])
    if isinstance(value, Enum):
        return Told("choice", _said_of(type(value)), "lever")
    if isinstance(value, bool):
        return Told("yes/no", f"{name.rpartition('.')[2].replace('_', ' ')}: yes or no", "lever")
    return None


def _said_of(kind: type[Enum]) -> str:
    """What a choice is about: the first line of its docstring, which is therefore printed."""
    return (kind.__doc__ or "").splitlines()[0]


def parameters_page() -> str:
    """docs/parameters.md: every setting with default, range, unit, provenance and source."""
    lines = [
        "# Every setting",
        "",
        "Generated from the typed configuration (`make docs`); a test compares.",
        "Provenance: measured, literature, calibrated (by hand, provisional), assumed; levers are "
        "chosen by the brand.",
        "The range is what may be set; the prior is what is plausible (`uncertainty=prior` draws "
        "from it).",
    ]
    for title, prefix, settings in (
        ("Levers", "response", Response()),
        ("Time", "clock", ClockConfig()),
        ("Population", "population", PopulationConfig()),
        ("Network", "network", NetworkConfig()),
        ("Parameters", "parameters", Parameters()),
        ("Snapshots", "snapshots", SnapshotConfig()),
    ):
        lines += [
            "",
            f"## {title}",
            "",
            "| key | default | range | prior | unit | meaning | provenance | source |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += _rows_of(settings, prefix)
    lines += [
        "",
        "## Constants",
        "",
        "The same in every world; no setting reaches them. Why they are no parameters: "
        "[decision 21](decisions/0021-parameters-that-move-nothing.md).",
        "",
        "| name | value | unit | meaning | provenance | source |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{item.name}` | {item.default:g} | {meta['unit']} | {meta['meaning']} | "
        f"{meta['provenance']} | {meta['source']} |"
        for item in fields(Constants)
        for meta in (item.metadata,)
    ]
    lines += [
        "",
        "## Mechanisms",
        "",
        "Each can be knocked out: `mechanisms.NAME=false` sets its parameters to nothing.",
        "",
        "| key | sets |",
        "|---|---|",
    ]
    lines += [
        f"| `mechanisms.{name}` | {', '.join(f'{k} = {v:g}' for k, v in values.items())} |"
        for name, values in KNOCK_OUT.items()
    ]
    lines += ["", "## Others", "", "| key | default | what it says |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| `{key}` | {usual} | {what} |" for key, usual, what in OTHERS)])


def _rows_of(settings: Any, prefix: str) -> list[str]:
    """A row of the table for every number and choice among these settings, groups unfolded."""
    rows = []
    for item in fields(settings):
        value, meta = getattr(settings, item.name), item.metadata
        if is_dataclass(value):
            rows += _rows_of(value, f"{prefix}.{item.name}")
        elif "low" in meta and "constant" not in meta:
            default = "null" if value is None else f"{value:g}"
            low, high = meta.get("prior", (0, 0))
            prior = f"{low:g} to {high:g}" if low < high else "-"
            rows.append(
                f"| `{prefix}.{item.name}` | {default} | {meta['low']:g} to {meta['high']:g} | "
                f"{prior} | {meta['unit']} | {meta['meaning']} | {meta['provenance']} | "
                f"{meta['source']} |"
            )
        elif isinstance(value, Enum):
            options = ", ".join(str(option.value) for option in type(value))
            rows.append(
                f"| `{prefix}.{item.name}` | {value.value} | {options} | - | choice | "
                f"{meta.get('meaning') or _said_of(type(value))} | "
                f"{'lever' if prefix.startswith('response') else 'of network.edges'} | - |"
            )
    return rows


def as_happened() -> str:
    """conf/response/as_happened.yaml: every lever of every kind as the case file documents it."""
    lines = [
        "# backlash run response=as_happened        the levers as the case file documents them: "
        "all of them",
        "# Written by `make docs` from sim/playbook. What the case does not name is as in "
        "docs/parameters.md.",
        "name: as_happened",
        "channel: ${oc.select:case.levers.channel,fan}",
        "acts: ${oc.select:case.levers.acts,{}}",
    ]
    for kind, act in KINDS.items():
        lines.append(f"{kind}:")
        for item in fields(act):
            usual = plain(item.default)
            text = {None: "null", True: "true", False: "false"}.get(usual, usual)
            if isinstance(usual, float):
                text = f"{usual:g}"
            lines.append(f"  {item.name}: ${{oc.select:case.levers.{kind}.{item.name},{text}}}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(parameters_page())
    (conf_dir() / "response" / "as_happened.yaml").write_text(as_happened() + "\n")
