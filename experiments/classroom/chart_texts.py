"""What the charts of the laboratory and their captions say, in English and Chinese.

A caption is put together of sentences: what this run shows, what the observed course shows, what
the run compared with shows. `texts.say` finds them by their keys.
"""

from __future__ import annotations

#: key -> (English, Chinese); braces are filled in by the caller.
CHART_TEXTS: dict[str, tuple[str, str]] = {
    # charts
    "heat": ("Heat on the platform", "平台热度"),
    "blame": ("Blame shift: {about} or governance", "归责转移：{about}或公司治理"),
    "outrage": ("Expressed outrage by kind of people", "各类人群表达的愤怒"),
    "trust": ("Trust by kind of people", "各类人群的信任"),
    "price": ("Share price", "股价"),
    "network": ("The network, hour by hour", "网络中的扩散（逐时）"),
    "heat_axis": ("heat, share of this run's peak", "热度（占本次峰值比例）"),
    "documented_axis": ("share of its own peak", "占自身峰值比例"),
    "heat_axis_other": ("heat, share of the peak compared with", "热度（占对比运行峰值比例）"),
    "outrage_axis": ("expressed outrage, mean of the kind", "表达的愤怒（该类人群平均）"),
    "trust_axis": ("trust, mean of the kind", "信任（该类人群平均）"),
    "talk_axis": ("share of outraged talk, over 6 h", "愤怒讨论份额（6小时滑动）"),
    "price_axis": ("{money}, trading hours only", "{money}（仅交易时段）"),
    "heat_run": ("heat", "热度"),
    "heat_run_listed": ("heat on the list", "在榜热度"),
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
    "cap_heat_not_listed": ("No hashtag is on the list in this run.", "本次运行没有话题上榜。"),
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
    "cap_heat_vs_not_listed": (
        " Under “{other}” no hashtag is on the list.",
        "在“{other}”下没有话题上榜。",
    ),
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
        "Outrage burden: {burden:.2f} days of full outrage for an average core fan. It peaks at "
        "{peak:.0%} ({time}) and {half}. The public never exceeds {public:.1%}.",
        "愤怒负担：平均每名核心粉丝相当于 {burden:.2f} 天的极度愤怒。峰值为 {peak:.0%}（{time}），{half}。"
        "公众从未超过 {public:.1%}。",
    ),
    "cap_outrage_none": ("Nobody expresses outrage in this run.", "本次运行中无人表达愤怒。"),
    "half_after": ("has halved {span} later", "{span}后减半"),
    "half_never": ("does not halve in this run", "本次运行内未减半"),
    "cap_outrage_vs": (
        " Under “{other}” the burden is {other_burden:.2f}, {verdict}; the peak there is {peak:.0%}.",
        "在“{other}”下，负担为 {other_burden:.2f}，{verdict}；峰值为 {peak:.0%}。",
    ),
    "burden_more": ("{by:.0%} more than here", "比此处多 {by:.0%}"),
    "burden_less": ("{by:.0%} less than here", "比此处少 {by:.0%}"),
    "burden_same": ("as here", "与此处相同"),
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
        "counts the core fans whose expressed outrage is {threshold:.2f} or more (a threshold that is "
        "assumed), so it may exceed the mean in the chart of outrage.",
        "{n} 人（共 {people} 人）与全部 {leaders} 位意见领袖；连线表示帖子被阅读的关系。"
        "公开表露愤怒的核心粉丝在 {time} 最多，占 {share:.0%}。此处统计表达的愤怒达到或超过 {threshold:.2f}"
        "（假定的门槛）的核心粉丝，因此可高于愤怒图中的平均值。",
    ),
    "cap_network_none": (
        "{n} people (of {people}) and all {leaders} opinion leaders; a line is a tie along which posts "
        "are read. No core fan is visibly outraged in this run: none expresses outrage of "
        "{threshold:.2f} or more (a threshold that is assumed).",
        "{n} 人（共 {people} 人）与全部 {leaders} 位意见领袖；连线表示帖子被阅读的关系。"
        "本次运行中没有公开表露愤怒的核心粉丝：无人表达的愤怒达到 {threshold:.2f}"
        "（假定的门槛）。",
    ),
    "laying_out": ("The network is being laid out …", "正在绘制网络……"),
    "play": ("Play", "播放"),
    "pause": ("Pause", "暂停"),
    "scrub": ("moment shown", "显示的时刻"),
    "speed": ("Speed", "速度"),
    "speed_n": ("{n} h per second", "每秒 {n} 小时"),
    "frame": (
        "{time}: {share} of core fans visibly outraged",
        "{time}：{share} 的核心粉丝公开表露愤怒",
    ),
    "ramp": ("expressed outrage  0", "表达的愤怒  0"),
}
