"""What the laboratory says, in English and Chinese, and how it names levers, options, units.

Texts of charts are in `chart_texts`, of refusals in `refusals`, of the game in `game_texts`. What
acts and levers are called is declared with them in the playbook; outcomes and kinds of people are
called as figures call them (`experiments.pictures.words`).
"""

from __future__ import annotations

from dataclasses import fields

from experiments.classroom.chart_texts import CHART_TEXTS
from experiments.pictures import words
from sim.playbook.kinds import KINDS
from sim.playbook.names import DELIVERY, DELIVERY_TITLE
from sim.playbook.response import Response

DAYS_FROM_H = 72.0  #: longer spans are also said in days

#: key -> (English, Chinese); braces are filled in by the caller.
TEXTS: dict[str, tuple[str, str]] = {
    # the shell
    "title": ("Backlash laboratory", "粉丝反噬实验室"),
    "laboratory": ("Laboratory", "实验室"),
    "now": ("Affair in progress", "正在发生的事件"),
    "classroom": ("Decision game", "决策游戏"),
    "other_language": ("中文", "English"),
    "other_language_label": ("把页面切换为中文", "Switch the page to English"),
    "skip": ("Skip to the results", "跳到结果"),
    "purpose": (
        "Choose how a brand answers its own angry fans, press Run, and see what a simulated community "
        "makes of it.",
        "选择品牌如何回应自己愤怒的粉丝，按“运行”，看看一个模拟的社群会怎样。",
    ),
    "to_settings": ("Settings", "设置"),
    "chance": ("Chance, world and size (to repeat a run)", "机遇、世界与规模（用于重复运行）"),
    "documented": ("What is documented", "有记录的部分"),
    "documented_coming": (
        "Black: what is documented of this case. The simulated course is being computed.",
        "黑色：此案例有记录的部分。模拟结果正在计算。",
    ),
    "documented_none": (
        "Of this case no course is documented; the simulated one is being computed.",
        "此案例没有可用的记录曲线；模拟结果正在计算。",
    ),
    "read_first": (
        "One run with one seed proves nothing. Before you compare, read this.",
        "单次运行、单个种子不能证明什么。比较之前请读这里。",
    ),
    "settings": ("Settings", "设置"),
    "levers": ("What the brand does", "品牌的举措"),
    "results": ("Results", "结果"),
    "needs_script": ("This page needs JavaScript.", "此页面需要 JavaScript。"),
    # settings
    "case": ("Case", "案例"),
    "response": ("Response", "应对方案"),
    "against": ("Compare with (same seed and world)", "对比方案（相同种子与世界）"),
    "nothing": ("nothing", "不对比"),
    "population": ("Population", "人群规模"),
    "population_default": ("3,000 people", "3000 人"),
    "population_classroom": ("300 people (quick, rough)", "300 人（快，粗略）"),
    "world": ("World", "世界"),
    "world_posterior": ("a draw from the fit", "拟合后验的一次抽取"),
    "world_point": ("the point parameters", "单点参数"),
    "draw": ("Draw number (0 to 100,000)", "抽取编号（0 到 100000）"),
    "seed": ("Random seed (whole number)", "随机种子（整数）"),
    "altered": ("{response}, altered", "{response}（已修改）"),
    "back": ("Undo my changes", "撤销我的修改"),
    "happens": ("{step}: happens", "{step}：实施"),
    "never": ("never", "不实施"),
    "at_hm": ("{h} h {m} min", "{h} 小时 {m} 分"),
    "nobody_punished": ("Nobody is punished, so the severity is 0.", "无人受罚，力度已设为 0。"),
    "no_such_response": (
        "{reason} The response is silence now.",
        "{reason} 应对方案现已改为“沉默”。",
    ),
    # running
    "run": ("Run", "运行"),
    "cancel": ("Cancel", "取消"),
    "progress": ("progress of the run", "运行进度"),
    "compiling": (
        "The rules are being compiled, on the first start only: this takes a minute or two. The page "
        "can be used; the first run waits.",
        "正在编译规则（仅首次启动）：需要一两分钟。页面可以使用，首次运行会等待。",
    ),
    "preparing": ("preparing the people and their network", "正在准备人群与网络"),
    "seconds": ("{s} s", "{s} 秒"),
    "waiting": ("waiting in the queue", "排队中"),
    "running": ("running: {share:.0%}", "运行中：{share:.0%}"),
    "cancelled": (
        "Cancelled. The results below are those of the run before.",
        "已取消。下方仍为上一次运行的结果。",
    ),
    "failed": (
        "The run failed. The reason stands in the server's log.",
        "运行失败，原因见服务器日志。",
    ),
    "finished": ("Finished in {s:.1f} s.", "完成，用时 {s:.1f} 秒。"),
    "stale": (
        "Settings have changed since this run. Press Run to see what they do.",
        "设置已更改，请按“运行”查看效果。",
    ),
    "busy": (
        "Your last run is still under way. Wait for it, or cancel it.",
        "上一次运行尚未结束，请等待或取消。",
    ),
    "queue_full": (
        "{n} requests are waiting already. Try again in a few seconds.",
        "已有 {n} 个请求在排队，请几秒后再试。",
    ),
    "too_fast": (
        "Too many requests. Wait a few seconds, then try again.",
        "请求过于频繁，请等几秒再试。",
    ),
    "refused": ("This cannot be run", "无法运行"),
    "number_needed": ("{label}: a number is needed.", "{label}：需要一个数字。"),
    # what is shown
    "one_run": (
        "One run with one seed: no interval can be given, and a difference between two responses "
        "may be the luck of this seed. Try other seeds and draws; a study needs many (backlash sweep).",
        "单次运行、单个种子：无法给出区间，两方案的差异可能只是此种子的运气。"
        "请试其他种子与抽取；研究需要大量运行（backlash sweep）。",
    ),
    "shown": ("On the screen: {what}, seed {seed}", "当前显示：{what}，种子 {seed}"),
    "shown_vs": (
        "On the screen: {what} (solid) against {other} (dashed), seed {seed}",
        "当前显示：{what}（实线）对比 {other}（虚线），种子 {seed}",
    ),
    "days": ("Days shown", "显示天数"),
    "days_n": ("{n} days", "{n} 天"),
    "days_all": ("all", "全部"),
    "days_suits": ("the {n} days that the captions speak of", "文字说明所及的 {n} 天"),
    "no_events": (
        "Nothing happened to the brand, and it did nothing.",
        "没有外部事件，品牌也没有举措。",
    ),
    "timeline": ("Events marked in the charts", "图中标注的事件"),
    "timeline_note": (
        "Grey: what happened to the brand. Blue: what it did in this run. {zone}.",
        "灰色：外部事件。蓝色：本次运行中品牌的举措。{zone}。",
    ),
    "picture_png": ("PNG", "PNG"),
    "picture_label": ("save “{chart}” as {kind}", "将“{chart}”保存为 {kind}"),
    "picture_svg": ("SVG", "SVG"),
    "picture_run": (
        "{what}; {seed}; {world}; {people}; run {digest}",
        "{what}；{seed}；{world}；{people}；运行 {digest}",
    ),
    "picture_solid": ("Solid: {response}", "实线：{response}"),
    "picture_dashed": ("Dashed: {response}", "虚线：{response}"),
    "picture_seed": ("seed {seed}", "种子 {seed}"),
    "picture_draw": ("draw {draw} from the fit", "拟合后验的第 {draw} 次抽取"),
    "picture_one": (
        "Simulated by Backlash {version}: one run with one seed each, so no interval can be given.",
        "由 Backlash {version} 模拟：每条线为单次运行、单个种子，无法给出区间。",
    ),
    "picture_events": (
        "Numbered events ({zone}) of {response}:",
        "图中编号的事件（{zone}），{response}：",
    ),
    "nobody_yet": ("Nothing has been run yet.", "尚未运行。"),
    "vs": ("{series} ({response})", "{series}（{response}）"),
    **CHART_TEXTS,
    # table
    "outcomes": ("In numbers", "数字"),
    "outcome": ("outcome", "结果"),
    "this": ("this run", "本次"),
    "other": ("compared", "对比"),
    "none_value": ("did not happen", "未发生"),
    "unknown_value": ("not known for this case", "此案例未知"),
    # taking it away
    "export": ("Take it with you", "导出"),
    "csv": ("Data (CSV)", "数据（CSV）"),
    "csv_other": ("Data of the comparison (CSV)", "对比数据（CSV）"),
    "command": ("The command that reproduces this run", "复现本次运行的命令"),
    "command_other": ("The command of the run compared with", "复现对比运行的命令"),
    "copy": ("Copy", "复制"),
    "copied": ("Copied.", "已复制。"),
    "digest": ("Digest of the run: {digest}", "运行摘要：{digest}"),
    "limits": (
        "One run of a page at a time; {workers} runs at once, {waiting} may wait; the last {keep} "
        "runs are kept in memory.",
        "每个页面一次一个运行；同时 {workers} 个，至多 {waiting} 个排队；内存保留最近 {keep} 个运行。",
    ),
    # facilitators
    "lead": ("Lead a class", "主持课堂"),
    "password_title": ("For facilitators", "主持人入口"),
    "password_label": ("Password (printed when the server started)", "密码（启动服务器时显示）"),
    "wrong_password": ("This is not the password.", "密码不正确。"),
    "enter": ("Enter", "进入"),
    # the start
    "serving": ("Open {url} in a browser; Ctrl-C stops.", "请在浏览器打开 {url}；按 Ctrl-C 停止。"),
    "password": (
        "Facilitator's password (shown once): {password}",
        "主持人密码（仅显示一次）：{password}",
    ),
    "slow_down": ("Too many wrong passwords. Wait a minute.", "密码错误次数过多，请等一分钟。"),
}

#: What acts are called, as they are declared.
STEPS: dict[str, tuple[str, str]] = {
    "": ("Statements", "声明渠道"),
    **{kind: act.TITLE for kind, act in KINDS.items()},
    DELIVERY: DELIVERY_TITLE,
}

#: Levers by the name of their field, as they are declared.
LEVERS: dict[str, tuple[str, str]] = {
    item.name: item.metadata["label"]
    for item in (*fields(Response), *(f for a in KINDS.values() for f in fields(a)))
    if "label" in item.metadata
}

#: Options of levers and settings.
OPTIONS: dict[str, tuple[str, str]] = {
    "staff": ("staff", "员工"),
    "pr_head": ("head of PR", "公关负责人"),
    "company": ("the company", "公司"),
    "founder": ("the founder", "创始人"),
    "first": ("the first", "第一项指控"),
    "second": ("the second", "第二项指控"),
    "none": ("nobody", "无人"),
    "junior": ("junior staff", "基层员工"),
    "manager": ("a manager", "经理"),
    "vice_president": ("a vice-president", "副总裁"),
    "chief_executive": ("the chief executive", "首席执行官"),
    "screenshot": ("the screenshot", "截图流出"),
    "detection": ("the PR team's noticing", "公关察觉"),
    "list_entry": ("a hashtag on the list", "话题上榜"),
    "governance_talk": ("governance talk above the threshold", "治理讨论超过阈值"),
    "declared": ("boycotters above the threshold", "宣布抵制超过阈值"),
    "fan": ("fans' channels", "粉丝渠道"),
    "public": ("everybody", "所有人"),
}

#: Units in Chinese; English is as the settings have it.
UNITS: dict[str, str] = {
    "h after the screenshot (or after the trigger)": "小时，自截图（或触发）起",
    "h after the screenshot; negative = before it": "截图后小时；负数为之前",
    "h after the promise": "承诺后小时",
    "h": "小时",
    "share": "比例",
    "share: 0.2 reprimand, 0.5 no bonus, 0.75 demotion, 1 dismissal": "比例",
    "HKD": "港元",
    "CNY": "元",
    "USD": "美元",
    "days per core fan": "天/每名核心粉丝",
    "days/customer": "天/每名用户",
    "share of initial": "占初始比例",
    "h after clock start": "起点后小时",
    "log return": "对数收益",
    "leaders": "人",
}


def say(key: str, lang: str, **values: object) -> str:
    """A text in a language, filled in; of responses and kinds of people, as figures call them.

    Raises KeyError for a key that neither knows.
    """
    if key not in TEXTS:
        return words.say(key, lang, **values)
    return words.text_of(TEXTS, key, lang, **values)


def span_text(hours: float, lang: str) -> str:
    """A span as the table of outcomes has it; beyond three days, days come first."""
    h = words.number(hours)
    if hours > DAYS_FROM_H:
        return say("span_d", lang, d=words.number(hours / 24), h=h)
    return say("span_h", lang, h=h)


def hours_text(hours: float, lang: str) -> str:
    """A delay in hours and minutes; negative before the event that it counts from."""
    minutes = round(60 * abs(hours))
    sign = "-" if hours < 0 and minutes else ""
    h, m = f"{sign}{minutes // 60:,}", minutes % 60
    return say("at_hm", lang, h=h, m=m) if m else say("span_h", lang, h=h)


def after_text(hours: float, lang: str) -> str:
    """A moment by its distance from the clock start of its case, hours; negative is before it."""
    key = "after_start" if hours >= 0 else "before_start"
    return say(key, lang, span=span_text(abs(hours), lang))


def step_name(step: str, lang: str, about: str = "") -> str:
    """An act of the brand; another name is shown as it is.

    about : what the case is about, in words; without it, what began it all.
    """
    if step not in STEPS:
        return step.replace("_", " ")
    text = STEPS[step][lang == "zh"]
    return text.replace("{about}", about or ("起因" if lang == "zh" else "what began it"))


def option_name(option: str, lang: str) -> str:
    """An option of a lever in a language. Raises KeyError for one without a name."""
    return OPTIONS[option][lang == "zh"]


def unit_name(unit: str, lang: str) -> str:
    """A unit in a language; in English without the explanation that the label gives."""
    if lang == "zh":
        return UNITS.get(unit, unit)
    return unit.partition(":")[0].partition(" (")[0]


def label_of(key: str, lang: str) -> str:
    """A dotted key of the settings as the page calls it: the act and its lever, or the field."""
    parts = key.split(".")
    if parts[0] != "response" or parts[-1] not in LEVERS:
        known = {"uncertainty.first": "draw", "seed": "seed", "case": "case"}
        return say(known[key], lang) if key in known else say("response", lang)
    name = LEVERS[parts[-1]][lang == "zh"]
    step = step_name(parts[1] if len(parts) > 2 else "", lang)
    return f"{step}：{name}" if lang == "zh" else f"{step}, {name}"
