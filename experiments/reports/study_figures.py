"""The figures of a study, and what stands under each.

Which there are follows from what is varied: parameters by a Saltelli design, mechanisms as a game,
or cells to be compared.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from experiments.pictures import plots
from experiments.reading import shapley, sobol, turners
from experiments.reading.analysis import Analysis
from experiments.reports.sensitivity_figures import figure_shapley, figure_sobol, figure_tornado
from experiments.reports.study_curves import figure_curves, figure_trajectories
from experiments.reports.study_maps import figure_maps, figure_multiples
from experiments.reports.study_tradeoffs import (
    figure_parallel,
    figure_tradeoff,
    on_one_scale,
    traded,
)
from experiments.reports.turner_figure import figure_turners

CAPTIONS = {
    "maps": (
        "Means over all worlds and seeds. Framed: the reference, under each condition if there are several. Ring: the best mean of those it is compared with. Hatched: prior-driven, the order against the reference depends on the parameters drawn. A row or column that is one colour throughout is an answer that has no place on that axis.",
        "对所有世界与种子取均值。框：参照（若有多个条件，则每个条件各一）。圆圈：与之比较者中均值最优。斜线：取决于先验。通行一色者为在该轴上没有位置的应对。",
    ),
    "multiples": (
        "Means over all worlds and seeds, a map for each position of the third axis, all on one scale of colours. Ring: the best mean. Hatched: prior-driven.",
        "对所有世界与种子取均值；第三轴的每个取值一幅，共用一个色标。圆圈：均值最优。斜线：取决于先验。",
    ),
    "curves": (
        "Each lever by itself, the others as in the reference or nearest to it; paired differences. Where an axis is an assumption: means of the answers under each condition; lines that cross change places.",
        "逐一改变杠杆，其余同参照或与之最近；配对差。若该轴为假定：各应对在每种条件下的均值，线条相交即次序互换。",
    ),
    "tradeoff": (
        "What one gives for the other; a dominated cell has another that is nowhere worse.",
        "取舍；被支配的格存在处处不劣的另一格。",
    ),
    "parallel": (
        "One line a cell; crossing lines are conflicts between those who ask.",
        "每线一格；交叉即不同诉求之间的冲突。",
    ),
    "sobol": (
        "Shares of the variance over the priors, with 95 % intervals; they say what is worth knowing, not what is true.",
        "先验方差的份额及95%区间；说明何者值得了解，而非何者为真。",
    ),
    "tornado": (
        "Highest against lowest third of each parameter's prior, 95 % intervals.",
        "各参数先验最高与最低三分位之差，95%区间。",
    ),
    "shapley": (
        "Steps add up exactly; the order of the bars does not matter to their size.",
        "各步精确相加；条的次序不影响大小。",
    ),
    "turners": (
        "Dots: worlds; each answer less the reference, over the parameter that decides most (best single split, beyond chance over all parameters and answers together). Line: means over fifths of the worlds, with 95 % intervals. Dashed: the split. Where the line crosses zero the sign of the answer hangs on that parameter.",
        "点：各世界；应对与参照之差，横轴为影响最大的参数（最佳单一切分，已对全部参数与应对的偶然性作校正）。折线：世界五等分的均值及95%区间。虚线：切分处。折线穿过零，即该应对的符号取决于此参数。",
    ),
    "trajectories": (
        "The same worlds in every panel; the band is over parameters and seeds.",
        "各图世界相同；色带包含参数与种子。",
    ),
}


def figures(a: Analysis, lang: str) -> dict[str, Figure]:
    """All figures of a study by name, as its kind has them; in the house style."""
    plots.use_style()
    return {name: draw(a, lang) for name, draw in drawing(a).items()}


def drawing(a: Analysis) -> dict[str, Callable[[Analysis, str], Figure]]:
    """What draws each figure of a study, by name: nothing is drawn yet."""
    if sobol.is_sobol(a.plan.study):
        return {"sobol": figure_sobol, "tornado": figure_tornado}
    if shapley.is_game(a.plan.study):
        return {"shapley": figure_shapley}
    drawn = {
        "maps": figure_maps, "multiples": figure_multiples, "curves": figure_curves, "tradeoff": figure_tradeoff,
        "parallel": figure_parallel, "trajectories": figure_trajectories,
    }  # fmt: skip
    found = {name: drawn[name] for name in figures_names(a)}
    split = [one for one in turners.unsure(a) if one.turner is not None]
    return found | ({"turners": lambda a, lang: figure_turners(a, split, lang)} if split else {})


def figures_names(a: Analysis) -> list[str]:
    """The figures that a comparison of cells has something to show in.

    Maps need two axes, or three as small multiples; trade-offs and parallel lines several answers that differ in two outcomes.
    """
    study = a.plan.study
    names = {2: ["maps"], 3: ["multiples"]}.get(len(study.axes), [])
    names.append("curves")
    if study.has_levers and len(a.home) > 1:
        names += ["tradeoff"] if len(traded(a)) > 1 else []
        names += ["parallel"] if len(on_one_scale(a).columns) > 1 else []
    return [*names, "trajectories"]
