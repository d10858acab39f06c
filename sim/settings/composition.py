"""Choices and overrides -> a checked Config. Of `sim` only this room imports Hydra.

Hydra merges the files of `conf/` with what is typed, and OmegaConf holds every value to its type.
Both are kept behind this module for three reasons: they cost half a second, they hold one global
state, and their complaints are about their own affairs. So `compose` remembers what it has made,
lets one thread compose at a time, looks at every override before Hydra does (`overrides`), and
tells whatever goes wrong as a refusal of ours (`hints`).
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, field, fields, make_dataclass, replace
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from sim.base.choices import DEFAULT_CASE, conf_dir, read_yaml
from sim.base.fixed import fixed
from sim.base.refusal import ConfigError, place
from sim.case.case_file import read_case
from sim.settings.config import Config
from sim.settings.hints import case_of, no_levers, not_yaml, refusal_of
from sim.settings.kept import kept
from sim.settings.keys import altered, fixing, with_own_acts
from sim.settings.overrides import check_override, own_acts_in
from sim.settings.quotes import quoted, unquoted
from sim.settings.variants import variant_of

_COMPOSING = threading.Lock()  #: Hydra keeps one global state: one thread composes at a time


#: What was composed lately, but for the seed: a loop over seeds need not read every file again.
_LATEST: OrderedDict[Any, Config] = OrderedDict()
KEPT = 32  #: configs that are remembered
_PLAIN = re.compile(r"(seed|n_replicates)=(0|[1-9][0-9]{0,17})")


def compose(overrides: Sequence[str] = ()) -> Config:
    """A checked Config from Hydra overrides, such as `["response=none", "seed=3"]`.

    overrides : KEY=VALUE each, as on the command line, later ones over earlier ones. The first of a
    case costs about a second, most of it to import and ask Hydra; another seed, setting or
    population of the same case milliseconds. Raises ConfigError, and nothing else, for whatever a
    user can type wrong.

    >>> config = compose(["response=none", "seed=3"])
    >>> config.response.name, config.seed
    ('none', 3)
    """
    words = [str(item) for item in _listed(overrides)]
    # Hydra looks nothing up for a seed or a number of replicates: without them, one key for all.
    plain: dict[str, Any] = {m[1]: int(m[2]) for m in map(_PLAIN.fullmatch, words) if m}
    rest = tuple(word for word in words if not _PLAIN.fullmatch(word))
    if len(rest) + len(plain) < len(words):  # said twice: Hydra knows what that means
        return _composed(words)
    known = _varied(rest)
    if known is None:
        known = _remembered(rest)
    return replace(known, **plain)


def _remembered(words: tuple[str, ...]) -> Config:
    """What Hydra makes of these words, or made of them when last asked. Raises ConfigError."""
    key = (words, _stamps(words))
    with _COMPOSING:
        known = _LATEST.get(key)
    if known is None:
        known = kept(words, partial(_composed, list(words)))
        with _COMPOSING:
            _LATEST[key] = known
            while len(_LATEST) > KEPT:
                _LATEST.popitem(last=False)
    return known


def _varied(words: Sequence[str]) -> Config | None:
    """The config of a case with other choices and settings put in, without asking Hydra again.

    None wherever that might not be what Hydra would make of them, or it would be refused: then
    Hydra is asked, whose answer and whose refusal are the ones that count.
    """
    asked = variant_of(words)
    if asked is None:
        return None
    usual = Config()
    try:
        known = _remembered(asked.base)
        known = replace(known, **{name: getattr(usual, name) for name in asked.groups})
        return altered(known, asked.changes)
    except (ConfigError, AttributeError, TypeError, ValueError):
        return None


def _listed(overrides: Any) -> Sequence[Any]:
    """The overrides, if they are a list. Raises ConfigError with the list that was meant."""
    if isinstance(overrides, Mapping):
        meant = [word_of(str(key), value) for key, value in overrides.items()]
    elif isinstance(overrides, str):
        meant = overrides.split()
    elif isinstance(overrides, Sequence):
        return overrides
    else:
        try:
            return list(overrides)
        except TypeError:
            meant = ["response=deny", "seed=3"]
    raise ConfigError(
        "overrides", overrides, f"a {type(overrides).__name__} where a list of settings is meant",
        'a list of "KEY=VALUE"', f"sim.compose({json.dumps(meant, ensure_ascii=False)})",
    )  # fmt: skip


def word_of(key: str, value: Any) -> str:
    """A setting as it is typed: `word_of("response.apology.delay_h", None)` is `...=null`.

    Text that Hydra would read otherwise is put into quotes; a case is a path or a name, and is not.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | np.bool_):
        text = {None: "null", True: "true", False: "false"}[None if value is None else bool(value)]
    elif isinstance(value, str) and key != "case" and not re.fullmatch(r"[\w.+/-]*", value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        text = f'"{escaped}"'
    elif isinstance(value, np.generic):
        text = str(value.item())
    else:
        text = str(value)
    return f"{key}={text}"


def _stamps(words: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
    """What tells the files of choices, and a case of the user's own, from the same ones changed."""
    files = sorted(conf_dir().rglob("*.yaml"))
    files += [place("case", word[5:]) for word in words if word.startswith("case=")]
    found = []
    for file in files:
        if file.is_file():
            about = file.stat()
            found.append((str(file.resolve()), about.st_mtime_ns, about.st_size))
    return tuple(found)


def _composed(overrides: Sequence[str]) -> Config:
    """What Hydra makes of all choices and overrides, checked. Raises ConfigError.

    A posterior is told in two settings, of which `posterior=CASE` is short for both.
    """
    given = [
        word
        for item in overrides
        for word in (
            ("uncertainty=posterior", f"uncertainty.{item}")
            if str(item).startswith("posterior=")
            else (str(item),)
        )
    ]
    with tempfile.TemporaryDirectory() as scratch:
        words, folder = _own_case(given, Path(scratch))
        words, own = own_acts_in(words)
        for item in words:
            check_override(item)
        try:
            written = _merged(words, scratch, folder, own)
        except ConfigError:
            raise
        except (HydraException, OmegaConfBaseException) as problem:
            raise _told(problem, given) from None
        except yaml.YAMLError as problem:
            raise not_yaml(case_of(given), problem) from None
    if written.response.name == "as_happened" and not written.case.get("levers"):
        raise no_levers("case.levers", given)
    built = Config(**{**vars(written), "case": read_case(fixed(written.case))})
    return fixing(built, (word.partition("=")[0] for word in given))


def _merged(words: Sequence[str], scratch: str, folder: str, own: Mapping[str, Any]) -> Any:
    """Choices and words as an object with the fields of Config, its case as the file says it.

    scratch : a further folder of choices. folder : where the series of the case lie. own : acts
    with names of their own, by key, which Hydra's schema cannot hold.
    """
    ConfigStore.instance().store(name="schema", node=schema())
    search = [f"hydra.searchpath=[{quoted(f'file://{scratch}')}]"]
    with _COMPOSING:
        GlobalHydra.instance().clear()
        with initialize_config_dir(version_base="1.3", config_dir=str(conf_dir())):
            node = hydra_compose("config", overrides=[*words, *search])
    with open_dict(node):
        node.case.folder = folder
        if own:
            usual = OmegaConf.to_container(node.response, resolve=True)
            assert isinstance(usual, dict)
            node.response.acts = with_own_acts(usual["acts"] or {}, own)
    return OmegaConf.to_object(node)


def _told(problem: Exception, given: Sequence[str]) -> ConfigError:
    """Hydra's complaint as a refusal. Raises KeyboardInterrupt for one that came of a Ctrl-C.

    A group that checks itself while OmegaConf builds it refuses inside Hydra's exception. A value
    of the case file that a response refers to is refused by whoever reads the case.
    """
    if _interrupted(problem):
        raise KeyboardInterrupt from None
    cause = problem.__cause__
    if isinstance(cause, ConfigError):
        return cause
    if "'${case." in str(problem):  # a value of the case file: it is refused there
        _refuse_case(unquoted(case_of(given)))
    return refusal_of(problem, given)


def _interrupted(problem: BaseException | None) -> bool:
    """Whether an error came of a Ctrl-C: a half-built config fails anew as it is cleaned up."""
    while problem is not None:
        if isinstance(problem, KeyboardInterrupt):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _own_case(overrides: list[str], scratch: Path) -> tuple[list[str], str]:
    """`case=path/to/file.yaml` becomes a group option; returns the folder where its series lie.

    Hydra knows options by their place in a folder of choices. A case of one's own is copied into
    such a folder (`scratch`), in UTF-8 and under a name that no shipped case has; its series stay
    where they are. Raises ConfigError for a file that is not there or no YAML.
    """
    folder = str(conf_dir() / "case")
    result = []
    for item in overrides:
        key, _, value = item.partition("=")
        bare = unquoted(value)
        if key == "case" and bare.lower().endswith((".yaml", ".yml")):
            value = bare
            path = place("case", value)
            if not path.is_file():
                raise ConfigError(
                    "case", value, "no such file", "a case file, or the name of one",
                    f"case={DEFAULT_CASE}, or backlash case check FILE",
                )  # fmt: skip
            _check_yaml(path, value)
            name = re.sub(r"[^A-Za-z0-9_]", "_", path.stem)
            (scratch / "case").mkdir(exist_ok=True)
            text = path.read_text(encoding="utf-8-sig")
            (scratch / "case" / f"own_{name}.yaml").write_text(text, encoding="utf-8")
            folder, item = str(path.resolve().parent), f"case=own_{name}"
        result.append(item)
    return result, folder


def _refuse_case(name: str) -> None:
    """Refuse what is wrong with a case file of one's own, if that is what was asked for."""
    path = Path(name).expanduser()
    if path.is_file():
        read_case({**read_yaml(path), "folder": str(path.resolve().parent)})


def _check_yaml(path: Path, given: str) -> None:
    """A case file must at least be a mapping in YAML; `sim.case.case_file` checks the rest."""
    try:
        raw = read_yaml(path)
    except yaml.YAMLError as problem:
        raise not_yaml(given, problem) from None
    if not isinstance(raw, dict):
        raise not_yaml(given, ValueError())


@cache
def _written() -> type:
    """Config with its case as the file says it: Hydra merges keys, and a Case has none."""
    types = {**get_type_hints(Config), "case": dict[str, Any]}
    usual = {
        item.name: {"default": item.default}
        if item.default is not MISSING
        else {"default_factory": item.default_factory}
        for item in fields(Config)
    }
    usual["case"] = {"default_factory": dict}
    return make_dataclass(
        "Written", [(name, types[name], field(**usual[name])) for name in usual], frozen=True
    )


def schema() -> Any:
    """Config as a node that Hydra may merge into.

    OmegaConf makes frozen dataclasses read-only, which would also stop YAML and the command line
    from setting them; freezing returns with OmegaConf.to_object.
    """
    node = OmegaConf.structured(_written())
    OmegaConf.set_readonly(node, False)
    for key in node:
        _unlock(node, str(key))
    return node


def _unlock(parent: Any, key: str) -> None:
    """Let a group of settings, and all groups below it, be written to."""
    node = parent._get_node(key)
    if OmegaConf.is_dict(node):
        OmegaConf.set_readonly(node, False)
        for inner in node:
            _unlock(node, str(inner))
