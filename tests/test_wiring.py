"""Behaviour lives in sim/rules: outside, nothing is computed from what people or the world feel.

What joins the rules (the compiled step, the Mesa agents, the world) may find places, count, keep
time in steps and scale to integers. Every word that may stand beside an operator is listed here
with its reason; anything else beside one, and any function of a number, belongs into a rule.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WIRING = [
    *sorted((ROOT / "sim" / "kernel").glob("*.py")),
    *sorted((ROOT / "sim" / "mesa").glob("*.py")),
    *sorted((ROOT / "sim" / "world").glob("*.py")),
    ROOT / "sim" / "state" / "tables.py",
]
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
FUNCTIONS = set(
    """
    exp expm1 exp2 log log1p log2 log10 sqrt power pow square floor ceil rint round clip maximum
    minimum multiply add divide subtract abs fabs dot mean average prod cumsum interp tanh
    """.split()
)

#: Words that an operator may join, by what it does then. Numbers may stand beside them, and names
#: in capitals (rows, columns, sizes of blocks, units of integers) beside PLACES.
#: Where something lies in a table, a block, a queue; nothing of anybody.
PLACES = set(
    """
    i j k n a lo hi first last kind source row first_row self.row self.kind cls.kind bounds
    model.population.bounds int np.searchsorted len origin which n_leaders seed bad values.shape
    waiting crowd.BLOCK Decision.RECEPTION w.TAG_REGULATOR what step headline
    """.split()
)
#: Numbers of steps: when something was, is, or will be.
STEPS = set(
    """
    step steps self.now self.script.clock.n_steps tag.made tag.entered tag.born p.hour_steps
    p.promise_due_steps pr_team.lag_steps playbook.delivery_steps
    """.split()
)
#: Whole numbers of posts, people, hashtags and bars; integers that cross ties and the order book.
COUNTED = set(
    """
    world.posts_core world.posts_customer world.posts_public world.posts_kol world.posts_neutral
    world.posts_deal world.posts_governance world.volume counts.volume counts.posts_neutral
    counts.posts_deal counts.posts_governance self.model.world leaders.mocks n_posts self.n_posts
    n_listed n census model.census self.model.census groups.next self.model.groups.next tallies
    leaders.outraged_next on_deal on_governance outraged declared own inbox waiting busy total tally
    world.orders_noise world.orders_sentiment world.orders_value world.buyback_bars self.now
    world.voice_core_deal world.voice_core_governance world.voice_other_deal
    world.voice_other_governance world.kol_deal world.kol_governance
    investors.position model.population.investors.position lo n_noise n_sentiment n_value
    """.split()
)
#: What a count grows or falls by; a leader's post is mentioned `leader_volume` times.
BY = set(
    """
    1 1.0 signal change own amount groups.now passes.fixed_sum todo p.leader_volume order np.int64
    len first_from 0 4 one int
    """.split()
)
UNITS = {"SUM_SCALE", "w.SUM_SCALE", "w.ORDER_SCALE"}  # of integers, whose sums have no order
#: Bounds of a check of what somebody has written to agents: no state changes.
EXCUSED = {"low - 0.001", "high + 0.001"}
#: Places, halved until a row is found among ascending ones.
EXCUSED |= {"(low + high) // 2", "low + high", "middle + 1", "lo + first_from(audience, last)"}


def words(node):
    """What an operator joins: names without places and arguments, numbers as they are."""
    if isinstance(node, ast.BinOp):
        return words(node.left) + words(node.right)
    if isinstance(node, ast.AugAssign):
        return words(node.target) + words(node.value)
    if isinstance(node, ast.UnaryOp):
        return words(node.operand)
    if isinstance(node, ast.IfExp):
        return words(node.body) + words(node.orelse)
    if isinstance(node, ast.Subscript):
        return words(node.value)
    if isinstance(node, ast.Call):
        return [ast.unparse(node.func)]
    return [ast.unparse(node)]


def may_stand(node):
    """Whether an operator finds a place, keeps time, counts, or scales to integers."""
    names = words(node)
    if ast.unparse(node) in EXCUSED:
        return True
    if isinstance(node.op, ast.Mult) and UNITS & set(names) and len(names) == 2:
        return True
    adds = isinstance(node.op, ast.Add | ast.Sub)
    if (adds or isinstance(node.op, ast.Mod)) and all(
        name in STEPS or name.isdigit() for name in names
    ):
        return True
    if isinstance(node, ast.AugAssign) or (adds and set(names) & {"tally", "self.n_posts"}):
        return adds and names[0] in COUNTED and set(names[1:]) <= BY
    return all(
        name in PLACES or name.lstrip("_").isupper() or name.replace(".", "").isdigit()
        for name in names
    )


def equations(source):
    """Lines of a source that compute something else, with what they say."""
    waiting, found = [ast.parse(source)], []
    while waiting:
        node = waiting.pop()
        operator = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ARITHMETIC)
        function = (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).split(".")[-1] in FUNCTIONS
            and ast.unparse(node.func) not in ("log", "angles.log")  # an entry of the log
            and not ast.unparse(node.func).startswith("counts.")  # rules of the census
        )
        if function or (operator and not may_stand(node)):
            found.append((node.lineno, ast.unparse(node)))
        elif operator and isinstance(node, ast.BinOp):
            inner = [node.left, node.right]  # of one formula, what is called or looked up
            while inner:
                part = inner.pop()
                if isinstance(part, ast.BinOp):
                    inner += [part.left, part.right]
                else:
                    waiting.append(part)
            continue
        waiting += ast.iter_child_nodes(node)
    return sorted(set(found))


@pytest.mark.parametrize("path", WIRING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_equation_stands_outside_the_rules(path):
    found = equations(path.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"{path}:{line}: {text}" for line, text in found)


@pytest.mark.parametrize(
    "line",
    [
        "world.heat += p.official_heat * act.heat",
        "world.heat *= p.heat_keep",
        "world.betrayal += event.betrayal",
        "trust[i] = kept * (1.0 - broken * hoped)",
        "push = novelty * (gain * felt + social)",
        "deal[i] = deal[i] * 0.9",
        "deal[i] += 1.0",
        "world.trust += 1",
        "price = p.previous_close_hkd * np.exp(world.price)",
        "row[PRICE] = np.exp(world.price)",
        "noise = math.sqrt(variance)",
        "share = census[0, 5] / sizes[0]",
        "size = 0.3 + 0.7 * u[2]",
        "unfollows = push > 0.5 * limit",
        "wait = (step - p.clock_start) * dt_h",
        "world.volume *= 2.0",
        "n_posts[i] += shown",
        "self.trust = self.trust - loss",
        "x = max(0.0, world.price) ** 0.5",
    ],
)
def test_an_equation_is_found(line):
    assert equations(line)


@pytest.mark.parametrize(
    "line",
    [
        "hi = lo + crowd.BLOCK",
        "world.posts_core += 1.0",
        "act.step = step + steps",
        "total += np.int64(np.int32(np.float64(values[i]) * w.SUM_SCALE))",
        "world.heat = platform.next_heat(world.heat, p.heat_keep, talk)",
        "flags[i] |= AWARE",
    ],
)
def test_places_counts_and_times_are_no_equations(line):
    assert not equations(line)
