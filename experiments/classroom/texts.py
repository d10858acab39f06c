"""What the laboratory says, in English and Chinese. Every word that a reader sees is here."""

from __future__ import annotations

import re
from dataclasses import fields

from experiments.pictures import words
from sim import playbook
from sim.base.refusal import ConfigError

DAYS_FROM_H = 72.0  #: longer spans are also said in days

#: key -> (English, Chinese); braces are filled in by the caller.
TEXTS: dict[str, tuple[str, str]] = {
    # the shell
    "title": ("Backlash laboratory", "粉丝反噬实验室"),
    "laboratory": ("Laboratory", "实验室"),
    "classroom": ("Decision game", "决策游戏"),
    "other_language": ("中文", "English"),
    "other_language_label": ("把页面切换为中文", "Switch the page to English"),
    "skip": ("Skip to the results", "跳到结果"),
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
    "seed": ("Seed of chance (whole number)", "随机种子（整数）"),
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
    "days_suits": ("as far as the captions speak ({n} days)", "随文字说明（{n} 天）"),
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
    # charts
    "heat": ("Heat on the platform", "平台热度"),
    "blame": ("Blame shift: {about} or governance", "归责转移：{about}或公司治理"),
    "outrage": ("Expressed outrage by kind of people", "各类人群表达的愤怒"),
    "trust": ("Trust by kind of people", "各类人群的信任"),
    "price": ("Share price", "股价"),
    "network": ("The network, hour by hour", "网络中的扩散（逐时）"),
    "heat_axis": ("heat, share of this run's peak", "热度（占本次峰值比例）"),
    "heat_axis_other": ("heat, share of the peak compared with", "热度（占对比运行峰值比例）"),
    "outrage_axis": ("expressed outrage, mean of the kind", "表达的愤怒（该类人群平均）"),
    "trust_axis": ("trust, mean of the kind", "信任（该类人群平均）"),
    "talk_axis": ("share of outraged talk, over 6 h", "愤怒讨论份额（6小时滑动）"),
    "price_axis": ("{money}, trading hours only", "{money}（仅交易时段）"),
    "heat_run": ("heat", "热度"),
    "observed_daily": ("observed attention, by day", "实际关注度（按日）"),
    "noise_high": ("ordinary noise, upper end", "平常噪声上限"),
    "noise_low": ("ordinary noise, lower end", "平常噪声下限"),
    "close": ("observed close", "实际收盘价"),
    # captions: what this run shows
    "span_h": ("{h} h", "{h} 小时"),
    "span_d": ("{d} days ({h} h)", "{d} 天（{h} 小时）"),
    "after_start": ("{span} after the clock start", "起点后 {span}"),
    "before_start": ("{span} before the clock start", "起点前 {span}"),
    "cap_heat": (
        "Heat peaks {after} ({time}); a hashtag is on the list for {listed} in all.",
        "热度在{after}（{time}）达峰；话题在榜共 {listed}。",
    ),
    "cap_heat_no_list": ("Heat peaks {after} ({time}).", "热度在{after}（{time}）达峰。"),
    "cap_heat_no_list_vs": (
        " Under “{other}” the peak is {share:.0%} of this one.",
        "在“{other}”下，峰值为本次的 {share:.0%}。",
    ),
    "cap_heat_no_list_only": (" Under “{other}” there is some.", "在“{other}”下有热度。"),
    "cap_heat_none": ("There is no heat in this run.", "本次运行没有热度。"),
    "cap_heat_observed": (
        " The observed list peaks {after}; each is drawn over its own peak.",
        "实际热搜在{after}达峰；两者各按自身峰值绘制。",
    ),
    "cap_heat_daily": (
        " The documented case peaks on {day}; each is drawn over its own peak.",
        "实际案例在 {day} 达峰；两者各按自身峰值绘制。",
    ),
    "cap_heat_vs": (
        " Under “{other}” the peak is {share:.0%} of this one, and a hashtag is on the list for "
        "{listed}.",
        "在“{other}”下，峰值为本次的 {share:.0%}，在榜 {listed}。",
    ),
    "cap_heat_vs_only": (
        " Under “{other}” there is some: a hashtag is on the list for {listed}.",
        "在“{other}”下有热度：在榜 {listed}。",
    ),
    "cap_heat_vs_none": (" Under “{other}” there is no heat.", "在“{other}”下没有热度。"),
    "cap_blame": (
        "Governance has this share of outraged talk: {a} on day 1, {b} on day 3, {c} over the whole "
        "run.",
        "治理话题在愤怒讨论中的占比：第1天{a}，第3天{b}，全程{c}。",
    ),
    "cap_blame_none": (
        "Nobody talks in outrage in this run: there is nothing to divide.",
        "本次运行中没有愤怒讨论，因此没有占比可言。",
    ),
    "cap_blame_vs": (
        " Under “{other}”: {a} on day 1, {b} on day 3, {c} over the whole run.",
        "在“{other}”下：第1天{a}，第3天{b}，全程{c}。",
    ),
    "cap_blame_vs_none": (
        " Under “{other}” nobody talks in outrage.",
        "在“{other}”下没有愤怒讨论。",
    ),
    "cap_blame_low": (
        " A low share is no merit by itself: a company that says nothing gives nothing to discuss.",
        "份额低本身并非优点：公司不表态，治理话题便无从谈起。",
    ),
    "no_talk": ("none yet to divide", "尚无讨论"),
    "cap_outrage": (
        "Core fans' outrage peaks at {peak:.0%} ({time}) and {half}. The public never exceeds "
        "{public:.1%}.",
        "核心粉丝的愤怒峰值为 {peak:.0%}（{time}），{half}。公众从未超过 {public:.1%}。",
    ),
    "cap_outrage_none": ("Nobody expresses outrage in this run.", "本次运行中无人表达愤怒。"),
    "half_after": ("has halved {span} later", "{span}后减半"),
    "half_never": ("does not halve in this run", "本次运行内未减半"),
    "cap_outrage_vs": (
        " Under “{other}” it peaks at {peak:.0%}. A peak is not all: the outrage burden (mean outrage "
        "summed over time, days per core fan) is {burden:.2f} here and {other_burden:.2f} there.",
        "在“{other}”下峰值为 {peak:.0%}。峰值并非全部：愤怒负担（愤怒均值的时间积分，天/每名核心粉丝）"
        "此处为 {burden:.2f}，彼处为 {other_burden:.2f}。",
    ),
    "cap_outrage_vs_none": (
        " Under “{other}” nobody expresses any.",
        "在“{other}”下无人表达愤怒。",
    ),
    "cap_trust": (
        "At the end core fans keep {core:.1%} of the trust they began with, customers "
        "{customer:.1%}, the public {public:.1%}.",
        "结束时，核心粉丝保有初始信任的 {core:.1%}，普通用户 {customer:.1%}，公众 {public:.1%}。",
    ),
    "cap_trust_vs": (
        " Under “{other}” core fans keep {core:.1%}.",
        "在“{other}”下核心粉丝保有 {core:.1%}。",
    ),
    "cap_price": (
        "The price ends at {price:.2f} {money}, {change:+.1%} from the last close before; ordinary "
        "noise over these {n} sessions is ±{noise:.1%}, so the move is {verdict}.",
        "股价收于 {price:.2f} {money}，较此前收盘 {change:+.1%}；这 {n} 个交易日的平常噪声为 "
        "±{noise:.1%}，因此变动{verdict}。",
    ),
    "inside": ("inside it: nothing says that the crisis caused it", "在噪声之内：不能说由危机造成"),
    "inside_quiet": ("inside it", "在噪声之内"),
    "outside": ("outside it", "超出噪声"),
    "cap_price_vs": (
        " Under “{other}” it ends at {price:.2f} {money}.",
        "在“{other}”下收于 {price:.2f} {money}。",
    ),
    "cap_price_none": ("No price: {why}.", "无股价：{why}。"),
    "cap_network": (
        "{n} people (of {people}) and all {leaders} opinion leaders; a line is a tie along which posts "
        "are read. Visibly outraged core fans are most numerous at {time}: {share:.0%} of them. This "
        "counts the core fans whose expressed outrage is {threshold:.2f} or more (visible_outrage, "
        "assumed), so it may exceed the mean in the chart of outrage.",
        "{n} 人（共 {people} 人）与全部 {leaders} 位意见领袖；连线表示帖子被阅读的关系。"
        "可见愤怒的核心粉丝在 {time} 最多，占 {share:.0%}。此处统计表达的愤怒达到或超过 {threshold:.2f}"
        "（visible_outrage，假定值）的核心粉丝，因此可高于愤怒图中的平均值。",
    ),
    "cap_network_none": (
        "{n} people (of {people}) and all {leaders} opinion leaders; a line is a tie along which posts "
        "are read. No core fan is visibly outraged in this run: none expresses outrage of "
        "{threshold:.2f} or more (visible_outrage, assumed).",
        "{n} 人（共 {people} 人）与全部 {leaders} 位意见领袖；连线表示帖子被阅读的关系。"
        "本次运行中没有可见愤怒的核心粉丝：无人表达的愤怒达到 {threshold:.2f}"
        "（visible_outrage，假定值）。",
    ),
    "laying_out": ("The network is being laid out …", "正在绘制网络……"),
    "play": ("Play", "播放"),
    "pause": ("Pause", "暂停"),
    "scrub": ("moment shown", "显示的时刻"),
    "speed": ("Speed", "速度"),
    "speed_n": ("{n} h per second", "每秒 {n} 小时"),
    "frame": (
        "{time}: {share} of core fans visibly outraged",
        "{time}：{share} 的核心粉丝可见愤怒",
    ),
    "ramp": ("expressed outrage  0", "表达的愤怒  0"),
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
    **{kind: act.TITLE for kind, act in playbook.KINDS.items()},
    playbook.DELIVERY: playbook.DELIVERY_TITLE,
}

#: Levers by the name of their field, as they are declared.
LEVERS: dict[str, tuple[str, str]] = {
    item.name: item.metadata["label"]
    for item in (
        *fields(playbook.Response),
        *(f for a in playbook.KINDS.values() for f in fields(a)),
    )
    if "label" in item.metadata
}

#: Options of levers and settings.
OPTIONS: dict[str, tuple[str, str]] = {
    "staff": ("staff", "员工"),
    "pr_head": ("head of PR", "公关负责人"),
    "company": ("the company", "公司"),
    "founder": ("the founder", "创始人"),
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
    "h after the screenshot (or after the trigger)": "截图（或触发）后小时",
    "h after the screenshot; negative = before it": "截图后小时；负数为之前",
    "h after the promise": "承诺后小时",
    "h": "小时",
    "share": "比例",
    "share: .2 reprimand, .5 bonus, .75 demotion, 1 dismissal": "比例",
    "HKD": "港元",
    "CNY": "元",
    "USD": "美元",
    "days per core fan": "天/每名核心粉丝",
    "share of initial": "占初始比例",
    "h after clock start": "起点后小时",
    "log return": "对数收益",
    "leaders": "人",
}

#: Refusals in words: what to look for in the reason, and what to say. Values: label, value, allowed.
REFUSALS: tuple[tuple[str, tuple[str, str]], ...] = (
    (
        "outside the range in which",
        (
            "{label}: {value} is outside the range. Choose {allowed}.",
            "{label}：{value} 超出范围。请取 {allowed}。",
        ),
    ),
    (
        "cannot precede the event",
        (
            "{label}: {value} h. It cannot come before the event that it answers. Choose 0 h or later.",
            "{label}：{value} 小时。不能早于所回应的事件。请取 0 小时或更晚。",
        ),
    ),
    (
        "needs somebody to bear it",
        (
            "Penalty: a severity needs somebody to bear it. Choose the highest level punished, or set "
            "the severity to 0.",
            "处罚：有力度就须有人承担。请选择处罚到的最高层级，或将力度设为 0。",
        ),
    ),
    (
        "a penalty without a time",
        (
            "Penalty: without a time it never comes. Give it a time, or choose nobody as its level.",
            "处罚：没有时间就不会发生。请设定时间，或将层级设为无人。",
        ),
    ),
    (
        "a reform without a time",
        (
            "Reform: without a time it never comes. Give it a time, or set its depth to 0.",
            "改革：没有时间就不会发生。请设定时间，或将深度设为 0。",
        ),
    ),
    (
        "without a time never comes",
        (
            "{label}: what never comes has no settings. Give it a time, or leave this as it was.",
            "{label}：不会发生的举措没有设置。请设定时间，或不改此项。",
        ),
    ),
    (
        "but this one has a time|waits for no share|has no time of delivery|nobody says anything",
        (
            "{label}: as the other levers stand, this would change nothing. Choose another value, or "
            "leave it as it was.",
            "{label}：按其他设置，此项不会改变任何结果。请另选，或不改此项。",
        ),
    ),
    (
        "nobody denies what",
        (
            "Denial at {value} h: nobody denies what the same brand has already apologised for. Choose "
            "an earlier denial, a later apology, or leave out one of them.",
            "否认在 {value} 小时：同一品牌已致歉，不能再否认。请提前否认、推迟致歉，或取消其一。",
        ),
    ),
    (
        "knows no founder",
        (
            "{label}: this case knows no founder who could speak. Choose staff, head of PR, or the "
            "company.",
            "{label}：此案例没有可发言的创始人。请选员工、公关负责人或公司。",
        ),
    ),
    (
        "does not say what its brand did",
        (
            "The case does not say what its brand did. Choose a response other than “as it happened”.",
            "此案例未记载品牌的举措。请选择“实际应对”以外的方案。",
        ),
    ),
    (
        "not a seed",
        ("{label}: a whole number from 0 on is needed.", "{label}：需要 0 或以上的整数。"),
    ),
    (
        "outside its range",
        (
            "{label}: {value} is outside the range. Choose {allowed}.",
            "{label}：{value} 超出范围。请取 {allowed}。",
        ),
    ),
    (
        "not a number|not possible here",
        (
            "{label}: {value} is not possible here. Choose {allowed}.",
            "{label}：此处不能为 {value}。请取 {allowed}。",
        ),
    ),
)
_ANYTHING = (
    "{label}: {value}: {reason}. Choose {allowed}.",
    "{label}：{value} 不可用。请取 {allowed}。",
)


def say(key: str, lang: str, **values: object) -> str:
    """A text in a language, filled in; of responses and kinds of people, as figures call them."""
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
    """A delay in hours and minutes."""
    minutes = round(60 * abs(hours))
    sign = "-" if hours < 0 and minutes else ""
    h, m = f"{sign}{minutes // 60:,}", minutes % 60
    return say("at_hm", lang, h=h, m=m) if m else say("span_h", lang, h=h)


def after_text(hours: float, lang: str) -> str:
    """A moment by its distance from the clock start of its case."""
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
    """An option of a lever."""
    return OPTIONS[option][lang == "zh"]


def unit_name(unit: str, lang: str) -> str:
    """A unit; in English without the explanation that the label gives."""
    if lang == "zh":
        return UNITS.get(unit, unit)
    return unit.partition(":")[0].partition(" (")[0]


def label_of(key: str, lang: str) -> str:
    """A dotted key of the settings as the page calls it."""
    parts = key.split(".")
    if parts[0] != "response" or parts[-1] not in LEVERS:
        known = {"uncertainty.first": "draw", "seed": "seed", "case": "case"}
        return say(known[key], lang) if key in known else say("response", lang)
    name = LEVERS[parts[-1]][lang == "zh"]
    step = step_name(parts[1] if len(parts) > 2 else "", lang)
    return f"{step}：{name}" if lang == "zh" else f"{step}, {name}"


def refusal(problem: ConfigError, lang: str) -> str:
    """A refusal of the settings in the words of the page, with what to choose instead."""
    zh = lang == "zh"
    allowed = problem.allowed
    unit = max((unit for unit in UNITS if allowed.endswith(unit)), key=len, default="")
    if unit:
        allowed = allowed.removesuffix(unit) + unit_name(unit, lang)
    else:
        for option, names in OPTIONS.items():
            allowed = re.sub(rf"\b{option}\b", names[zh], allowed)
    if zh:
        allowed = allowed.replace(" to ", " 到 ").replace("a number", "数字").replace(", ", "、")
    found = (text for pattern, text in REFUSALS if re.search(pattern, problem.reason))
    template = next(found, _ANYTHING)[zh]
    shown = (
        problem.value
        if isinstance(problem.value, str)
        else f"{problem.value:g}"
        if isinstance(problem.value, int | float)
        else "-"
    )
    return template.format(
        label=label_of(problem.path, lang), value=shown, allowed=allowed, reason=problem.reason
    )
