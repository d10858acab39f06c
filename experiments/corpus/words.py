"""What commands say of affairs, statistics and forecasts, in English and Chinese."""

from __future__ import annotations

#: key -> (English, Chinese); braces are filled in by the caller.
WORDS: dict[str, tuple[str, str]] = {
    "shipped": (
        "development affairs on the hourly Weibo hot list",
        "每小时微博热搜榜上的开发集事件",
    ),
    "counted": (
        "{n} affairs ({core} in the analysis set), {topics} listed topics, {samples} samples",
        "{n}起事件（其中{core}起属于分析集），{topics}个上榜话题，{samples}次采样",
    ),
    "period": ("{first} to {last}", "{first} 至 {last}"),
    "no_calendar": ("no calendar: only the hour of day is known", "无日历：只知道一天中的小时"),
    "sets": ("how they entered", "入选方式"),
    "victims": ("whom the accusation calls harmed", "指责中的受害者"),
    "firsts": ("affairs with a listed", "上榜过以下话题的事件数"),
    "answered": ("any response", "任一回应"),
    "silent": ("no listed response: {n}", "无上榜回应：{n}"),
    "source": (
        "source: lxw15337674/weibo-trending-hot-history 9cec601f (MIT, (c) 2020 xiadd); "
        "dictionary and biases: docs/corpus.md",
        "来源：lxw15337674/weibo-trending-hot-history 9cec601f（MIT, (c) 2020 xiadd）；"
        "字段说明与已知偏差见 docs/corpus.zh.md",
    ),
    "asked": ("what may be asked of them", "可以用来做什么"),
    "use_calibrate": (
        "calibrate: compute the same on simulated affairs and fit",
        "calibrate：在仿真事件上计算同一统计量并拟合",
    ),
    "use_check": ("check: compare afterwards, do not fit", "check：拟合之后对照，不参与拟合"),
    "use_input": ("input: give it to the simulator", "input：作为仿真输入"),
    "use_no": ("no: says nothing of responses", "no：不能说明回应的作用"),
    "of_responses": (
        "{n} rows on what followed responses: {uses}; all of them: "
        "backlash corpus score format=json",
        "关于回应之后的{n}行统计：{uses}；全部见 backlash corpus score format=json",
    ),
    "bias": (
        "only what reached the list is seen; affairs that were answered are in it because they "
        "were: whether answering or silence makes more attention is not in these data",
        "只能看到上榜的内容；被回应的事件正因被回应而入选：这些数据不能说明回应与沉默哪个带来更多关注",
    ),
    "col_id": ("id", "编号"),
    "col_statistic": ("statistic", "统计量"),
    "col_here": ("here", "此处"),
    "col_90": ("90 %", "90%区间"),
    "col_n": ("n", "n"),
    "col_development": ("development", "开发集"),
    "col_simulated": ("simulated", "仿真"),
    "col_inside": ("inside", "区间内"),
    "col_off": ("half-widths off", "偏差(半宽)"),
    "col_use": ("use", "用途"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "verdict": (
        "of {n} statistics to calibrate, {inside} inside the observed 90 % interval; "
        "{far} off by more than twice its half-width{names}",
        "{n}项用于拟合的统计量中，{inside}项在观测的90%区间内；{far}项偏差超过半宽的两倍{names}",
    ),
    "forecasts": (
        "forecasts: {n} tasks of {affairs} affairs at 3, 6, 12 and 24 h; smaller is better, "
        "skill against climatology (%)",
        "预测：{affairs}起事件在3、6、12、24小时的{n}个任务；数值越小越好，括号内为相对气候态的技巧(%)",
    ),
    "trained_elsewhere": ("trained on the development affairs", "在开发集上训练"),
    "trained_folds": (
        "trained on the development affairs of other organisations",
        "在其他机构的开发集事件上训练",
    ),
    "not_sampled": (
        "no forecasts: they need t0_utc8 of every affair and the times of all samples "
        "(platform_snapshots.csv) around it",
        "无预测：需要每起事件的 t0_utc8 以及前后全部采样时刻（platform_snapshots.csv）",
    ),
    "difference": (
        "less {rival}: CRPS {value} [{low}, {high}]",
        "减{rival}：CRPS {value} [{low}, {high}]",
    ),
    "untold": ("untold", "未告知回应"),
    "told": ("told", "已告知回应"),
    "forecast": ("YOUR FORECAST", "你的预测"),
    "climatology by age": ("climatology by age", "同龄气候态"),
    "zero": ("nothing comes", "无后续"),
    "persistence (3 h rate)": ("persistence (3 h rate)", "持续（近3小时速率）"),
    "decay kernel": ("decay", "衰减"),
    "decay kernel, dressed": ("decay, dressed", "衰减（加误差）"),
    "median topic": ("median topic", "中位话题"),
    "median topic, dressed": ("median topic, dressed", "中位话题（加误差）"),
    "self-exciting": ("self-exciting", "自激过程"),
    "analogues": ("analogues", "相似事件"),
    "landmark regression": ("landmark regression", "界标回归"),
    "landmark regression, response status hidden": (
        "landmark regression, response status hidden",
        "界标回归（隐去回应状态）",
    ),
    "model: worlds alike": ("model: worlds alike", "模型：相似的仿真事件"),
    "model: synthetic affairs": ("model: synthetic affairs", "模型：仿真事件上的回归"),
    "model and development affairs": ("model and development affairs", "模型与开发集事件"),
    "pool (regression, analogues, self-exciting)": (
        "mean of regression, analogues, self-exciting",
        "回归、相似事件与自激过程的平均",
    ),
    "pool (regression, analogues)": ("mean of regression, analogues", "回归与相似事件的平均"),
    "core": ("core", "核心"),
    "institution_add": ("institutions added", "补充机构"),
    "accusation_only": ("accusation only", "仅有指责"),
    "explain_only": ("explanation only", "仅有解释"),
    "fan": ("fans", "粉丝"),
    "user": ("users", "用户"),
    "public": ("public", "公众"),
    "worker": ("workers", "员工"),
    "ceo": ("chief executive or founder speaks", "CEO或创始人发声"),
}


def say(key: str, lang: str, **values: object) -> str:
    """A text in a language ("en" or "zh") with its braces filled in."""
    return WORDS[key][lang == "zh"].format(**values)
