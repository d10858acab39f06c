"""Tab completion: a script for the shell, and what may follow the words typed so far.

The script asks the command itself at every Tab, so what it offers are the cases, studies and keys
that are there. It has to answer within the blink of an eye: nothing heavy is imported.
"""

from __future__ import annotations

from pathlib import Path

#: those of the help page
COMMANDS = (
    "run", "demo", "sweep", "status", "logs", "analyse", "report", "export", "cite", "explain",
    "carriers", "network", "calibrate", "case", "corpus", "import", "now", "resolve", "record",
    "play", "serve", "store", "completion",
)  # fmt: skip
#: Settings of commands that take none of a run's.
OWN_KEYS = {
    "store": ("results=",),
    "import": (
        "as=", "zone=", "dates=", "mapping=", "began=", "numbers=", "empty=", "span=", "header=",
    ),
    "resolve": ("did=", "at=", "results=", "lang=en", "lang=zh"),
    "record": ("results=", "format=json", "plot=", "lang=en", "lang=zh"),
    "play": (
        "seed=", "world=", "lang=en", "lang=zh", "game=", "choices=", "results=",
        "population=classroom", "team=", "debrief=no",
    ),
    "serve": (
        "port=", "host=", "lang=en", "lang=zh", "results=", "password=", "password_file=",
    ),
}  # fmt: skip
#: Shell -> what it evaluates; each asks `backlash _complete` at every Tab.
COMPLETION = {
    "bash": """_backlash() {
  local IFS=$'\\n'
  COMPREPLY=($("${COMP_WORDS[0]}" _complete "${COMP_WORDS[@]:1:COMP_CWORD}"))
  [[ ${COMPREPLY[0]} == *= || ${COMPREPLY[0]} == *. ]] && compopt -o nospace
  true
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}
complete -o default -F _backlash backlash""",
    "zsh": """_backlash() {
  local -a found
  found=(${(f)"$(${words[1]} _complete ${words[2,CURRENT]})"})
  (( $#found )) && compadd -S '' -- $found || _files
}
compdef _backlash backlash""",
    "fish": """complete -c backlash -f -a \
'(set -l t (commandline -opc) (commandline -ct); $t[1] _complete $t[2..-1])'""",
}


def completion(words: list[str]) -> int:
    """`backlash completion SHELL`: a script for the shell to evaluate.

    Raises ConfigError for a shell that it does not know.
    """
    from sim.base.refusal import ConfigError

    shell = words[0] if words else ""
    if shell not in COMPLETION:
        raise ConfigError(
            "completion",
            shell or None,
            "for which shell?",
            ", ".join(COMPLETION),
            'eval "$(backlash completion bash)"',
        )
    print(COMPLETION[shell])
    return 0


def complete(words: list[str]) -> int:
    """Hidden: what may follow, one a line; the last word is the one that is being typed.

    Nothing where the shell should offer files.
    """
    typed = words[-1] if words else ""
    found = list(COMMANDS) if len(words) <= 1 else _after(words, typed)
    print("\n".join(word for word in found if word.startswith(typed)))
    return 0


def _after(words: list[str], typed: str) -> list[str]:
    """What may follow a command, which is the first of the words."""
    from sim.base.choices import conf_dir

    command = words[0]
    if command == "case":
        named = words[1] in ("show", "score", "check")  # for script the shell offers files
        if len(words) == 2:
            return ["show", "check", "score", "new", "script"]
        drawn = ["plot="] if words[1] == "score" and len(words) > 3 else []
        return [*drawn, *_case_names()] if named else []
    if command == "corpus":
        return _of_corpus(words)
    if command == "calibrate":
        # the folder by hand: its module would load SciPy
        fits = Path(__file__).parent.parent / "calibration" / "calibrations"
        return [
            "corpus",
            *(f"case={path.stem}" for path in fits.glob("*.yaml")),
            "preset=quick",
            "checks=short",
        ]
    if command == "completion":
        return list(COMPLETION)
    if command == "play":
        return [*(f"case={name}" for name in _scripted()), *OWN_KEYS["play"]]
    if command in OWN_KEYS:
        return list(OWN_KEYS[command])
    if command in ("status", "logs", "analyse", "report", "export", "cite"):
        folder = Path("results") / "studies"
        found = sorted(path.parent.name for path in folder.glob("*/study.json"))
        return [*found, *(["calibration"] if command == "report" else [])]
    if command == "sweep" and typed.startswith("study="):
        return sorted(f"study={path.stem}" for path in (conf_dir() / "study").glob("*.yaml"))
    if command == "explain":
        return []
    first = {
        "sweep": ["study=", "precision=", "decided="],
        "network": ["save="],
        "now": ["at=", "response=", "budget_s=", "goal=", "worlds="],
    }
    return [*first.get(command, []), *_settings(typed)]


def _of_corpus(words: list[str]) -> list[str]:
    """Verbs about a corpus, then their settings; for folders the shell offers files."""
    if len(words) == 2:
        return ["show", "check", "score", "simulate", "forecast"]
    settings = {
        "show": ["lang=en", "lang=zh"],
        "score": ["n=", "simulated=", "forecast=", "format=json", "lang=en", "lang=zh"],
        "simulate": ["n=", "out=", "seed=", "population="],
        "forecast": ["out=", "method=both", "method=synthetic", "method=worlds"],
    }
    return settings.get(words[1], [])


def _case_names() -> list[str]:
    """The cases of conf/case."""
    from sim.base.choices import conf_dir

    return sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))


def _scripted() -> list[str]:
    """The cases of conf/case that have a script; by hand, since the game would load the engine."""
    from sim.base.choices import conf_dir

    return sorted(path.stem for path in (conf_dir() / "case" / "scripts").glob("*.yaml"))


def _settings(typed: str) -> list[str]:
    """Keys that a run takes, one level at a time; after an equals sign, their options."""
    from sim.base.choices import conf_dir
    from sim.settings.config import Config
    from sim.settings.hints import options_of
    from sim.settings.keys import keys_of

    key, equals, _ = typed.partition("=")
    if equals:
        options = sorted(path.stem for path in (conf_dir() / key).glob("*.yaml"))
        return [f"{key}={option}" for option in options or options_of(key)]
    groups = [
        f"{path.name}="
        for path in sorted(conf_dir().iterdir())
        if path.is_dir() and path.name != "study"
    ]
    keys = [f"{name}=" for name in keys_of(Config) if name != "case"]
    if "." not in typed:  # one level at a time
        keys = sorted({name.partition(".")[0] + "." if "." in name else name for name in keys})
    return [*groups, *keys]
