"""What may be typed: the values of a setting, and what to type instead where Hydra complains.

Hydra and OmegaConf tell what is wrong in words of their own, and the only way to learn which
setting they mean is to read their text. So there are patterns here; what none of them fits is
passed on with the setting that stands in it.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping, Sequence
from enum import Enum

from sim.base.choices import DEFAULT_CASE, conf_dir
from sim.base.refusal import ConfigError
from sim.settings.keys import instead, is_group, keys_of, setting_of

#: What people type for roles and levels that are spelt otherwise; the first that is an option.
CALLED = {
    "ceo": ("chief_executive", "founder"), "boss": ("founder", "chief_executive"),
    "pr": ("pr_head",), "brand": ("company",), "employee": ("staff", "junior"),
    "silence": ("none",), "nothing": ("none",), "everybody": ("public",),
}  # fmt: skip


def closest(given: str, options: Sequence[str]) -> str | None:
    """The option that was probably meant: spelt alike, or by its initials (vp, ceo); or None."""
    low = given.lower()
    known = [word for word in CALLED.get(low, ()) if word in options]
    if known:
        return known[0]
    close = difflib.get_close_matches(low, options, n=1, cutoff=0.6)
    if close:
        return close[0]
    for option in options:
        initials = "".join(word[0] for word in option.split("_"))
        if len(initials) > 1 and low.startswith(initials):
            return option
    return None


def allowed_of(key: str, given: str = "") -> tuple[str, str]:
    """What a setting may be, in words, and an example to type: near to what was given.

    key : dotted; for one that there is not, the nearest that there is.
    """
    found = setting_of(key)
    if found is None:
        return "keys of the schema (backlash run --cfg)", instead(key)
    item, default = found
    if is_group(default):
        inner = keys_of(type(default), f"{key}.")
        return f"only its parts: {', '.join(inner)}", f"{inner[0]}=..."
    meta, kind, optional = item.metadata, str(item.type), "None" in str(item.type)
    if isinstance(default, Enum):
        options = [str(option.value) for option in type(default)]
        return ", ".join(options), f"{key}={closest(given, options) or default.value}"
    if kind.startswith("bool"):
        return "true or false", f"{key}={str(not default).lower()}"
    words = {"int": "a whole number", "float": "a number"}.get(kind.split(" ")[0], "text")
    if "low" in meta:
        words += f", {meta['low']:g} to {meta['high']:g} {meta['unit']}".rstrip(" -")
    example = default
    if default is None:
        example = max(meta["low"], 0) if "low" in meta else "null" if words != "text" else "FILE"
    shown = f"{example:g}" if isinstance(example, float) else example
    if shown == "":
        shown = "''"  # the empty text
    return words + (", or null" if optional else ""), f"{key}={shown}"


def options_of(key: str) -> list[str]:
    """The values of a setting that has few, for Tab completion; none of a number or a text."""
    few = {"format": ["table", "json"], "lang": ["en", "zh"]}
    found = setting_of(key)
    if found is None or is_group(found[1]):
        return []
    item, default = found
    if isinstance(default, Enum):
        return [str(option.value) for option in type(default)]
    if isinstance(default, bool):
        return ["true", "false"]
    return few.get(item.name, [])


def refusal_of(problem: Exception, overrides: Sequence[str]) -> ConfigError:
    """Hydra's complaint in our form: what, why, what is allowed, what to type.

    overrides : what was typed, among which the guilty setting is looked for.
    """
    text = " ".join(str(problem).split())
    cause = problem.__cause__
    if cause is not None:
        text += " " + " ".join(str(cause).split())
    given = dict(item.split("=", 1) for item in overrides if "=" in item)
    # the longest: `response` stands in every complaint about `response.apology.delay`
    guilty = max((key for key in given if key and key in text), key=len, default=None)
    missing = re.search(r"Could not find '([\w/]+)/([^']*)'", text)
    if missing and (conf_dir() / missing.group(1)).is_dir():
        return no_such_option(*missing.groups())
    absent = re.search(r"Interpolation key '(case\.levers[\w.]*)' not found", text)
    if absent:
        return no_levers(absent.group(1), overrides)
    unknown = re.search(r"[Kk]ey '([\w.]+)'.*?(?:not in|is not in struct)", text)
    if unknown or ("Could not override" in text and "not in" in text):
        key = guilty or (unknown.group(1) if unknown else "?")
        return _no_such_setting(key, given.get(key, ""))
    return _not_that_value(text, guilty, given)


def _no_such_setting(key: str, value: str) -> ConfigError:
    """The refusal of a key that the schema does not have."""
    keys = "keys of the schema (backlash run --cfg)"
    return ConfigError(key, value, "no such setting", keys, instead(key, value))


def _not_that_value(text: str, guilty: str | None, given: Mapping[str, str]) -> ConfigError:
    """The refusal of a value that its setting cannot have; the reason is OmegaConf's, cut short.

    text : the complaint in one line. guilty : the setting that it probably is about. given : what
    was typed, by key.
    """
    full = re.search(r"full_key: ([\w.\[\]]+)", text)
    key = full.group(1) if full else (guilty or "?")
    reason = re.split(r"full_key:|\sSee https|\sin your", text)[0].strip()
    reason = re.sub(r"^Error merging override \S+\s*", "", reason)
    found = setting_of(key)
    if found is not None and is_group(found[1]):
        reason = "a group of settings, not one"
    elif "Enum" in text or "expected one of" in text:
        reason = "no such choice"
    allowed, hint = allowed_of(key, given.get(key, ""))
    return ConfigError(key, given.get(key, ""), reason[:200], allowed, hint)


def no_levers(path: str, overrides: Sequence[str]) -> ConfigError:
    """The refusal of what a brand did where its case does not say."""
    return ConfigError(
        path, None, f"the case {case_of(overrides)} does not say what its brand did",
        "levers in the case file (as in conf/case/textbook.yaml)",
        "response=none, or another response that is not as_happened",
    )  # fmt: skip


def no_call(key: str, value: str) -> ConfigError | None:
    """The refusal of a call that Hydra does not know or take; None of a text such as a path."""
    call = re.fullmatch(r"([A-Za-z_]\w*)\((.*)\)", value.strip(), re.DOTALL)
    if call is None or not _has_few_kinds(key):
        return None
    name, inner = call.groups()
    listed = [word.strip() for word in inner.split(",") if word.strip()]
    if name == "tag" and len(listed) > 1:
        listed = listed[1:]  # the first is the tag
    if (conf_dir() / key).is_dir():
        listed = [word for word in listed if word != "null"]
    plain = bool(listed) and all(re.fullmatch(r"[\w.+-]+", word) for word in listed)
    if not plain or name in ("range", "interval", "int", "float", "bool", "glob"):
        listed = listed_values(key)
    hint = f"{key}={listed[0]}" if len(listed) == 1 else several(key, listed)
    known = ("choice", "range", "interval", "glob", "sort", "shuffle", "tag")
    return ConfigError(
        key, value,
        f"{name}(...) does not take this" if name in known else f"there is no {name}(...)",
        "a value, or in a sweep values with commas between them, range(0,5) or glob(*)", hint,
    )  # fmt: skip


def no_interval(key: str, value: str) -> ConfigError:
    """The refusal of an interval: it says no values."""
    ends = re.search(r"interval\(\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)\s*\)", value)
    words = listed_values(key)
    if ends is not None and not (conf_dir() / key).is_dir():
        low, high = (float(end) for end in ends.groups())
        words = [f"{low + (high - low) * k / 4:g}" for k in range(5)]
    reason, allowed = "an interval has no values of its own", "the values to try"
    return ConfigError(key, value, reason, allowed, several(key, words))


def _has_few_kinds(key: str) -> bool:
    """Whether a setting is a choice, a number or a yes or no: no text, which may be anything."""
    found = setting_of(key)
    if (conf_dir() / key).is_dir():
        return True
    if found is None or is_group(found[1]):
        return False
    return isinstance(found[1], Enum) or str(found[0].type).startswith(("int", "float", "bool"))


def several(key: str, words: Sequence[str]) -> str:
    """What to type so that a setting takes several values, one after the other.

    The first of them for a setting that is the same in a whole sweep (seed, n_replicates).
    """
    if "." not in key and not (conf_dir() / key).is_dir():
        return f"{key}={words[0]}"
    listed = ",".join(words)
    return f"backlash sweep {shlex.quote(f'{key}={listed}')}"


def listed_values(key: str) -> list[str]:
    """Some values that a setting may have, as an example of an axis."""
    if (conf_dir() / key).is_dir():
        return sorted(path.stem for path in (conf_dir() / key).glob("*.yaml"))[:2]
    if few := options_of(key):
        return few[:2]
    found = setting_of(key)
    meta = found[0].metadata if found is not None and not is_group(found[1]) else {}
    if "low" not in meta:
        return ["1", "2", "3"]
    low = float(meta["low"])
    high = min(float(meta["high"]), low + 48) if "high" in meta else low + 4
    spread = [low + (high - low) * k / 4 for k in range(5)]
    if "int" in str(found[0].type if found else ""):
        spread = sorted({float(round(value)) for value in spread})
    return [f"{value:g}" for value in spread]


def no_such_option(group: str, option: str) -> ConfigError:
    """The refusal of an option that a group of choices does not have."""
    options = sorted(path.stem for path in (conf_dir() / group).glob("*.yaml"))
    near = difflib.get_close_matches(option, options, n=1, cutoff=0.3) or options[:1]
    called = [word for word in CALLED.get(option.lower(), ()) if word in options]
    hint = f"{group}={(called or near)[0]}"
    if group == "population" and option.isdigit():
        hint = f"population.n_people={option}"
    return ConfigError(group, option, "no such option", ", ".join(options), hint)


def not_yaml(name: str, problem: Exception) -> ConfigError:
    """The refusal of a case file that YAML, or Hydra, cannot read."""
    mark = getattr(problem, "problem_mark", None)
    where = f" in line {mark.line + 1}" if mark is not None else ""
    what = getattr(problem, "problem", None) or (str(problem) or "it holds no settings")[:200]
    return ConfigError(
        "case", name, f"not a case file{where}: {what}",
        "a YAML file such as conf/case/textbook.yaml", f"backlash case check {name}",
    )  # fmt: skip


def case_of(overrides: Sequence[str]) -> str:
    """The case that overrides ask for, as it was typed; the last one counts."""
    given = [item.partition("=")[2] for item in overrides if item.startswith("case=")]
    return given[-1] if given else DEFAULT_CASE
