"""What a forecast is told in, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.pictures.words import WORDS as SHARED
from experiments.pictures.words import text_of

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("{case}: what now?", "{case}：现在怎么办？"),
    "at": ("at {at}, {age:.0f} h after the accusation", "{at}，指责出现后{age:.0f}小时"),
    "worlds": (
        "{n} worlds that agree with what was counted ({courses} courses tried, {effective:.0f} "
        "carry weight; {seconds:.0f} s)",
        "{n}个与观测相符的世界（试过{courses}条过程，{effective:.0f}条具有权重；{seconds:.0f}秒）",
    ),
    "skill_table": ("CRPS on 303 past affairs, by age", "303起历史事件上的CRPS，按事件年龄"),
    "weighed": ("worlds weighed, as here", "世界加权（此处方法）"),
    "worlds_alike": ("worlds alike", "相似的世界"),
    "regression": ("regression on real affairs", "真实事件上的回归"),
    "climatology": ("mean course of all affairs", "所有事件的平均过程"),
    "inside": ("inside the bands of 50 % / 90 %", "50% / 90%区间覆盖"),
    "record": ("What forecasts made here were worth", "本机预测的表现"),
    "figure_record": (
        "Statements of this installation's record: how often what was said at so many per cent came. On the line is well said; large marks are many statements.",
        "本机记录中的命题：说有百分之多少可能的事，实际发生的频率。落在线上即说得准；点越大命题越多。",
    ),
    "as_said": ("as said", "如所说"),
    "forecasts": ("forecasts ({n} statements)", "预测（{n}个命题）"),
    "replays": ("replays of affairs that were over ({n})", "已结束事件的重演（{n}个）"),
    "said_axis": ("what was said, probability", "所说的概率"),
    "came_axis": ("how often it came, share", "实际发生的比例"),
    "record_replays": (
        "replays (made when what came was counted already; no track record):",
        "重演（做出时后来的计数已知，不算预测记录）：",
    ),
    "record_real": ("forecasts:", "预测："),
    "replay_mark": ("(replay)", "（重演）"),
    # the page of the laboratory
    "lab_title": ("An affair in progress", "正在发生的事件"),
    "lab_about": (
        "Drop an export of mentions (hours or posts; CSV, TSV, a workbook). Only counts are kept, and only while this page is open. Without one, the documented case is replayed.",
        "拖入提及量导出文件（按小时或逐条；CSV、TSV、工作簿）。只保留计数，且仅在此页面打开期间。未拖入时重演有据可查的案例。",
    ),
    "lab_file": ("What was counted", "观测数据"),
    "lab_zone": ("Zone of times that say none", "未注明时区的时间按"),
    "lab_drop": ("Drop an export here (up to 5 MB)", "将导出文件拖到此处（不超过5 MB）"),
    "lab_large": ("Too large: up to 5 MB.", "文件过大：不超过5 MB。"),
    "lab_often": ("Too many requests: wait some seconds.", "请求过多：请稍候。"),
    "lab_when": ("The moment of the forecast, hours after the accusation", "预测的时刻（指责出现后的小时数）"),
    "lab_first": ("One response", "方案一"),
    "lab_second": ("Another response", "方案二"),
    "lab_go": ("What now?", "现在怎么办？"),
    "lab_events": ("What people ask", "人们关心的问题"),
    "lab_nothing": (
        "Choose a moment and two responses, and ask what now.",
        "请选择时刻与两种方案，然后点击“现在怎么办？”。",
    ),
    "lab_wait": ("Worlds are weighed: about {s:.0f} s ...", "正在为世界加权：约{s:.0f}秒……"),
    "first": ("Before you believe it", "相信之前"),
    "ahead": ("What comes next", "接下来会怎样"),
    "compare": ("Which response from now on", "从现在起如何回应"),
    "wait": ("What waiting is worth", "等待的价值"),
    "when": ("When", "何时更好"),
    "mentions": ("mentions", "提及量"),
    "heat": ("heat of listed topics", "在榜热度"),
    "topics": ("new topics on the list", "新上榜话题"),
    "outrage": ("outrage of core fans", "核心粉丝愤怒"),
    "trust": ("trust of core fans", "核心粉丝信任"),
    "second_wave": ("a second wave within {h} h", "{h}小时内出现第二波"),
    "new_topic": ("a new topic on the list within {h} h", "{h}小时内有新话题上榜"),
    "listed": ("on the list within {h} h", "{h}小时内在榜"),
    "over": ("talk below a tenth of its peak in {h} h", "{h}小时后讨论降至峰值十分之一以下"),
    "more_outrage": ("more outrage than now in {h} h", "{h}小时后愤怒高于现在"),
    "of_worlds": ("{k} of {n} worlds", "{n}个世界中的{k}个"),
    "total": ("in the next {h} h", "未来{h}小时"),
    "loss_outrage": ("mean outrage of core fans, 72 h", "核心粉丝平均愤怒，72小时"),
    "loss_heat": ("mean log heat, 72 h", "平均对数热度，72小时"),
    "loss_trust": ("trust gone after 72 h", "72小时后失去的信任"),
    "against": ("against saying nothing more", "相对不再发声"),
    "better": ("better in", "更好"),
    "best": ("best in", "最好"),
    "regret": ("regret", "后悔值"),
    "mean": ("mean", "均值"),
    "most_worlds": ("90 % of worlds", "90%的世界"),
    "answer": ("response", "回应"),
    "waits": (
        "{h} h: {saved:+.3f} ({how}); what is seen by then changes the choice in {changes:.0%} of "
        "worlds; most telling: {telling}",
        "{h}小时：{saved:+.3f}（{how}）；届时所见会在{changes:.0%}的世界中改变选择；最有信息的观测：{telling}",
    ),
    "saves": ("waiting saves", "等待更好"),
    "costs": ("waiting costs", "等待有代价"),
    "how_wait": (
        "Expected loss of deciding now, minus that of saying nothing for so many hours, seeing the "
        "counts, and then taking the best candidate. Of worlds and not of experience.",
        "现在决定的期望损失，减去先沉默若干小时、看到计数后再选最佳方案的期望损失。这是世界中的结果，不是经验。",
    ),
    "talk": ("how much is talked", "讨论的多少"),
    "nothing": ("neither talk nor a new topic", "无（讨论量与新话题均无助于判断）"),
    "no_wait": ("The time was over before waiting was looked into: a larger budget_s.",
                "时间已到，未计算等待的价值：请加大 budget_s。"),
    "counted": ("counted", "观测"),
    "came": ("what came", "后来实际"),
    "median": ("median of worlds", "世界中位数"),
    "band50": ("half of worlds", "一半的世界"),
    "band90": ("90 % of worlds", "90%的世界"),
    "against_silence": ("loss minus that of saying nothing more", "损失减去不再发声的损失"),
    "hours": ("hours from now", "距现在的小时数"),
    "per_hour": ("mentions an hour", "每小时提及量"),
    "heat_axis": ("heat, the list's index", "热度指数"),
    "second_title": ("Chance of a second wave", "第二波的可能性"),
    "share": ("share of worlds", "世界比例"),
    "figure_ahead": (
        "Black: counted (rings: what came, beside what was done, of an affair that is over). Line and bands: median, half and 90 % of worlds, with the noise of counts.",
        "黑色：观测（空心：已结束事件的后来，仅见于实际应对）。线与区间：世界的中位数、50%与90%，含计数噪声。",
    ),
    "figure_compare": (
        "Loss of each response minus that of saying nothing more, in the same worlds: dot the mean, "
        "bar 90 % of worlds. Left is better.",
        "同样的世界中，各回应的损失减去不再发声的损失：点为均值，横条为90%的世界。越靠左越好。",
    ),
    "figure_events": ("What people ask, within 24 and 72 h.", "人们关心的问题，24与72小时内。"),
    "record_none": ("no forecast has been made yet: backlash now AFFAIR", "尚无预测：backlash now AFFAIR"),
    "record_head": (
        "{n} entries, {forecasts} forecasts; the last has the digest {digest}",
        "{n}条记录，其中{forecasts}次预测；最后一条的摘要为 {digest}",
    ),
    "record_hours": (
        "{h} h ahead: {n} scored, CRPS {crps:.3f} (log scale), {in50:.0%} inside the 50 % band, "
        "{in90:.0%} inside the 90 % band",
        "{h}小时预测：已评分{n}次，CRPS {crps:.3f}（对数），50%区间覆盖{in50:.0%}，90%区间覆盖{in90:.0%}",
    ),
    "record_brier": ("statements: {n} scored, Brier {brier:.3f}", "命题：已评分{n}个，Brier {brier:.3f}"),
    "record_few": ("a calibration curve from {least} statements on", "满{least}个命题后显示校准曲线"),
    "record_curve": ("said {said:.0%}, came {came:.0%} ({n})", "预测{said:.0%}，实际{came:.0%}（{n}个）"),
    "resolved": (
        "{affair} at {at}, {did}: {h} h ahead came {came:,.0f}; CRPS {crps:.3f}; {where}",
        "{affair} {at}，{did}：{h}小时实际为{came:,.0f}；CRPS {crps:.3f}；{where}",
    ),
    "in50": ("inside the 50 % band", "在50%区间内"),
    "in90": ("inside the 90 % band", "在90%区间内"),
    "outside": ("outside the 90 % band", "在90%区间外"),
    "nothing_new": ("nothing new to score: import the counts of later hours first",
                    "没有新的可评分数据：请先导入之后的计数"),
    "later_events": (
        "A case that is over: {n} events after this moment are not known to the worlds.",
        "已结束的案例：世界不知道此刻之后的{n}个事件。",
    ),
    "left_out": ("Not compared: {name} ({why}).", "未比较：{name}（{why}）。"),
    "silence_more": ("say nothing more", "不再发声"),
}  # fmt: skip


def told(key: str, lang: str, **values: Any) -> str:
    """A text of this table."""
    return text_of(WORDS, key, lang, **values)


def named(candidate: str, lang: str) -> str:
    """What a candidate is called."""
    if candidate == "none":
        return told("silence_more", lang)
    return SHARED[candidate][lang == "zh"] if candidate in SHARED else candidate
