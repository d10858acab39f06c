"""The faults of `make mutation` are really planted, and tests that see none are found out."""

import ast
import sys
from types import ModuleType

import faults
import pytest

MADE_UP = '''
def f(x, y):
    """Not 1 of these: 2 < 3."""
    if not x < 1 and y >= 2:
        raise ValueError(3 + 4)
    list(zip("a", "b", strict=True))
    return max(x + y, -1.5)
'''


def planted(kind, part=0):
    """The made-up function with its first fault of a kind, or the one of that number."""
    tree = ast.parse(MADE_UP)
    function = tree.body[0]
    chosen = [site for site in faults._sites(function) if site[1] == kind]
    faults._plant(*chosen[part])
    space = {}
    exec(compile(ast.fix_missing_locations(tree), "made up", "exec"), space)
    return space["f"]


@pytest.mark.parametrize(
    ("kind", "part", "arguments", "before", "after"),
    [
        ("operator", 0, (5, 1), 6, 4),
        ("twin", 0, (5, 1), 6, -1.5),
        ("sign", 1, (-9, 0), -1.5, 1.5),
        ("sign", 0, (0, 3), 3, ValueError),
        ("condition", 0, (5, 1), 6, ValueError),
        ("comparison", 0, (0, 3), 3, ValueError),
        ("boundary", 0, (1, 3), ValueError, 4),
        ("boundary", 1, (5, 2), ValueError, 7),
        ("clause", 0, (0, 3), 3, ValueError),
        ("clause", 1, (5, 1), 6, ValueError),
        ("number", 0, (1.5, 3), ValueError, 4.5),
        ("number", 1, (5, 2), ValueError, 7),
        ("number", 2, (-9, 0), -1.5, -1.7),
    ],
)
def test_a_fault_of_each_kind_changes_what_is_computed(kind, part, arguments, before, after):
    space = {}
    exec(compile(MADE_UP, "made up", "exec"), space)
    for function, expected in ((space["f"], before), (planted(kind, part), after)):
        if expected is ValueError:
            with pytest.raises(ValueError, match="7"):
                function(*arguments)
        else:
            assert function(*arguments) == pytest.approx(expected)


def test_texts_and_messages_hold_no_faults():
    """Nobody can be asked to test a docstring or the words of a refusal."""
    kinds = [kind for _, kind, _ in faults._sites(ast.parse(MADE_UP).body[0])]
    assert kinds.count("number") == 3 and kinds.count("operator") == 1
    assert kinds.count("truth") == 0  # nor is it tested that lists of one length are


MADE_UP_MODULE = """
def _twice(times):
    def inner(x):
        assert times < 9
        return x + (times or 0)
    return inner

TABLE = {"twice": _twice(2), "less": lambda x: x - 1}
WORDS = {"a": 1 + 1}
"""


@pytest.fixture
def made_up_module(monkeypatch, tmp_path):
    path = tmp_path / "made_up.py"
    path.write_text(MADE_UP_MODULE)
    module = ModuleType("made_up")
    module.__file__ = str(path)
    exec(compile(MADE_UP_MODULE, str(path), "exec"), vars(module))
    monkeypatch.setitem(sys.modules, "made_up", module)
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    return module


def test_what_a_function_has_made_and_what_stands_in_a_table_gets_the_fault_too(made_up_module):
    """A function made at import, a function in a table, and the number that one was made with."""
    found = {(f.function, f.kind, f.line): f for f in faults.faults_of("made_up")}
    table = made_up_module.TABLE
    assert (table["twice"](5), table["less"](5)) == (7, 4)
    faults.plant(found["_twice", "operator", "return x + (times or 0)"])
    assert table["twice"](5) == 3
    row = 'TABLE = {"twice": _twice(2), "less": lambda x: x - 1}'
    faults.plant(found["TABLE", "operator", row])
    assert table is made_up_module.TABLE and table["less"](5) == 6
    numbers = [
        f for f in faults.faults_of("made_up") if (f.function, f.kind) == ("TABLE", "number")
    ]
    faults.plant(numbers[0])
    assert (table["twice"](5), table["less"](5)) == (2, 4)
    assert not any(function == "WORDS" for function, _, _ in found)  # holds no function


def test_a_claim_to_the_type_checker_and_nothing_for_nothing_hold_no_faults(made_up_module):
    """`times or 0` is `times or False` in any sum, and what a claim says nobody computes with."""
    inside = [f for f in faults.faults_of("made_up") if f.function == "_twice"]
    assert [f.kind for f in inside if f.line.startswith("assert")] == []
    assert [f.kind for f in inside] == ["operator", "clause", "number"]


def test_a_fault_that_cannot_be_planted_is_not_called_killed():
    nowhere = faults.Fault("experiments.reading.intervals", "interval", "number", "no", 10**6)
    with pytest.raises(AssertionError, match="could not be planted"):
        faults.killed(nowhere)


def test_every_excuse_names_a_fault_that_is_there():
    known = {str(fault) for module in faults.TESTS for fault in faults.faults_of(module)}
    assert set(faults.EQUIVALENT) <= known
    assert all(len(reason) > 20 for reason in faults.EQUIVALENT.values())


def test_a_fault_that_is_planted_is_seen_by_the_tests_of_its_module():
    """In processes of their own: an interval of another level, and worlds without a value as 0."""
    found = [
        fault
        for fault in faults.faults_of("experiments.reading.intervals")
        if (fault.function, fault.kind) == ("interval", "number") and "tail" in fault.line
    ]
    assert found and all(faults.killed(fault) for fault in found[:1])
