"""What is said of a case held against its daily series: table, scores, figure."""

from __future__ import annotations

from experiments.pictures.words import counted, say, text_of

#: Heads of the table, names of what the days add up to, of rivals, verdicts, sentences.
SCORE: dict[str, tuple[str, str]] = {
    "title": (
        "{metric}: shape, each over its own peak ({runs})",
        "{metric}：形状，各除以自身峰值（{n}次运行）",
    ),
    "date": ("date", "日期"),
    "observed": ("observed", "实际"),
    "median": ("median", "中位数"),
    "q05": ("5 %", "5 %"),
    "q25": ("25 %", "25 %"),
    "q75": ("75 %", "75 %"),
    "q95": ("95 %", "95 %"),
    "topics": ("topics", "话题"),
    "in_50": ("days inside the 50 % interval, share", "落在50 %区间内的天数占比"),
    "in_90": ("days inside the 90 % interval, share", "落在90 %区间内的天数占比"),
    "rank_correlation": ("rank correlation with the median", "与中位数的等级相关"),
    "peak_day_observed": ("peak day, observed", "峰值日（实际）"),
    "peak_day_median": ("peak day, simulated median", "峰值日（模拟中位数）"),
    "score": (
        "score of the runs (mean CRPS from the second day on, share of the peak; lower is better)",
        "运行得分（第二天起的平均CRPS，占峰值的份额，越低越好）",
    ),
    "undefined": ("– (the series does not vary)", "–（序列没有变化）"),
    "few_days": ("{n} days: a shape needs three", "仅{n}天：形状至少需要三天"),
    "events": ("Forecasts that know the events, as the runs do:", "知道事件的预测（与运行相同）："),
    "yesterday": (
        "Forecasts that know no event, but what was counted before (the runs do not):",
        "不知道事件、但知道上一个计数日数值的预测（运行不知道）：",
    ),
    "rival_topics": ("one median topic for each event", "每个事件一个中位话题"),
    "rival_topics_dressed": (
        "the same with the errors that it has in other affairs",
        "同上，并带其在其他事件中的误差",
    ),
    "rival_repeat": ("as on the day counted before", "与上一个计数日相同"),
    "rival_repeat_dressed": (
        "the same with the errors that it has in other affairs",
        "同上，并带其在其他事件中的误差",
    ),
    "rival_decay": ("half of the day counted before", "上一个计数日的一半"),
    "against": (
        "{rival}: {score:.3f}; the runs less that {difference:+.3f}, standard error {se} over "
        "{days}: {verdict}",
        "{rival}：{score:.3f}；运行减去它{difference:+.3f}，{n}天的标准误{se}：{verdict}",
    ),
    "better": ("the runs are better", "运行更好"),
    "worse": ("the runs are worse", "运行更差"),
    "unclear": ("the two cannot be told apart", "二者无法区分"),
    "same": ("there is no difference at all", "毫无差别"),
    "few": ("too few days for a verdict", "天数太少，无法判断"),
    "bare": (
        "A single number is scored by its distance alone. A forecast with errors is a range, as "
        "the runs are: it is the fair one to compare with.",
        "单一数字仅按距离计分；带误差的预测与运行一样是一个范围，与之比较才公平。",
    ),
    "no_errors": (
        "The errors of other affairs are known of attention only: here both kinds of forecasts are "
        "single numbers, which are scored harder than the range of the runs.",
        "其他事件的误差仅在关注度上已知：此处两类预测均为单一数字，计分比运行的范围更严。",
    ),
    "size": ("Size, in {unit}:", "规模，单位：{unit}："),
    "largest_day": ("largest day", "最大的一天"),
    "all_days": ("all days", "全部天数"),
    "size_line": (
        "{what}: observed {observed:,.0f}, median of the runs {median:,.0f}",
        "{what}：实际{observed:,.0f}，运行中位数{median:,.0f}",
    ),
    "size_range": (" (5 to 95 %: {q05:,.0f} to {q95:,.0f})", "（5至95 %：{q05:,.0f}至{q95:,.0f}）"),
    "no_size": (
        "Size is not compared: what counted the series (“{unit}”) has no counterpart in a run. It "
        "is compared where the unit is “{known}”.",
        "规模不作比较：该序列的计量方式（“{unit}”）在运行中没有对应。单位为“{known}”时才作比较。",
    ),
    "axis": ("share of the peak", "占峰值的份额"),
    "axis_level": ("share of the largest change", "占最大变化的份额"),
    "figure_observed": ("observed (a day stands at noon)", "实际（每日值画在正午）"),
    "band": ("5-95 % of {runs}", "{n}次运行的5–95 %"),
    "runs_median": ("median of {runs}", "{n}次运行的中位数"),
    "figure_title": (
        "{metric}: {verdict}\nscore {score:.3f}, {rival} {other:.3f}; "
        "difference {difference:+.3f}, standard error {se}",
        "{metric}：{verdict}\n得分{score:.3f}，{rival}{other:.3f}；"
        "差{difference:+.3f}，标准误{se}",
    ),
    "figure_few": ("{metric}: {n} days, too few for a shape", "{metric}：仅{n}天，不足以看形状"),
    "against_topics": (
        "one median topic for each event", "每个事件一个中位话题",
    ),
    "against_topics_dressed": (
        "one median topic for each event, with errors", "每个事件一个中位话题（带误差）",
    ),
    "figure_better": (
        "the runs are better than a forecast that knows the events", "运行优于知道事件的预测",
    ),
    "figure_worse": (
        "the runs are worse than a forecast that knows the events", "运行劣于知道事件的预测",
    ),
    "figure_unclear": (
        "the runs cannot be told apart from a forecast that knows the events",
        "运行与知道事件的预测无法区分",
    ),
    "figure_same": (
        "the runs are no different from a forecast that knows the events",
        "运行与知道事件的预测毫无差别",
    ),
    "figure_few_days": (
        "too few days to hold the runs against a forecast that knows the events",
        "天数太少，无法与知道事件的预测比较",
    ),
}  # fmt: skip


def told(key: str, lang: str, **values: object) -> str:
    """A text of SCORE, filled in. Raises KeyError for an unknown key."""
    return text_of(SCORE, key, lang, **values)


def title(metric: str, n: int, lang: str) -> str:
    """The head of a metric: what is compared, over how many runs."""
    name = say(f"metric_{metric}", lang)
    return told("title", lang, metric=name, n=n, runs=counted(n, "run"))


def standard_error(se: float) -> str:
    """A standard error as it is printed; a dash where it is not defined."""
    return f"{se:.3f}" if se == se else "–"
