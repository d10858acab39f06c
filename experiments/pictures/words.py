"""What figures and reports say, in English and Chinese. Every string a reader sees is here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

#: What the gates of the model (`make facts`) show of answering and silence. Said wherever answers
#: are compared; word for word it stands in README.md and in docs/teaching/ (README and three plans,
#: both languages), and a test holds those to this.
ON_SILENCE = (
    "In most plausible worlds of this model an answer leaves fans less angry and more trusting "
    "than silence, and makes more attention. By how much rests on assumptions that no data settle: "
    "how long people are patient, how fast doubt hardens, how often reporters ask again. In some "
    "worlds saying nothing leaves less outrage.",
    "在本模型多数可能的世界里，回应比沉默更能平息粉丝的愤怒、保住信任，也会带来更多关注。"
    "作用有多大取决于没有数据能确定的假设：人们能等多久、怀疑多快坐实、记者多常追问。"
    "在一些世界里，沉默留下的愤怒更少。",
)


def caveat(lang: str) -> str:
    """What the model shows of answering and silence, and on what it rests."""
    return ON_SILENCE[lang == "zh"]


#: key -> (English, Chinese); braces are filled in by the caller.
WORDS: dict[str, tuple[str, str]] = {
    # kinds, roles, responses
    "core": ("core fans", "核心粉丝"),
    "customer": ("customers", "普通用户"),
    "public": ("public", "公众"),
    "partner": ("opinion leader: partner", "意见领袖：合作"),
    "neutral": ("opinion leader: neutral", "意见领袖：中立"),
    "antagonist": ("opinion leader: opponent", "意见领袖：对立"),
    "as_happened": ("as it happened", "实际应对"),
    "none": ("silence", "沉默"),
    "apology_only": ("apology only", "仅致歉"),
    "junior_scapegoat": ("junior scapegoat", "基层背锅"),
    "executives_at_once": ("executives at once", "立即处罚高管"),
    "founder_first": ("founder first", "创始人先行"),
    "reform_and_fan_panel": ("reform and fan panel", "改革与粉丝评议"),
    "late_48h": ("48 h later", "推迟48小时"),
    "deny": ("denial", "否认"),
    # axes
    "day": ("{months} ({zone})", "{months}（{zone}）"),
    "heat_axis": (
        "heat (1: median peak of the runs;\nobserved: its own peak)",
        "热度（1：各次运行峰值的中位数；\n实际：自身峰值）",
    ),
    "posts_axis": ("posts per hour, per 1,000 people", "每千人每小时发帖"),
    "listed_axis": ("hours on the list", "在榜小时"),
    "scale_axis": ("0 to 1", "0至1"),
    "share_talk": ("share of outraged talk", "愤怒讨论份额"),
    "price_axis": ("share price [{money}]", "股价 [{money}]"),
    "trading_axis": (
        "trading days, hours of trading only ({months})",
        "交易日，仅交易时段（{months}）",
    ),
    "difference_axis": ("difference from {ref}", "与“{ref}”之差"),
    # legends
    "median": ("median of {n} runs", "{n}次运行的中位数"),
    "band": ("5-95 % of runs", "运行的5-95%"),
    "runs": ("30 single runs", "30次单独运行"),
    "observed": ("observed hot list", "实际热搜"),
    "observed_close": ("observed close", "实际收盘价"),
    "noise": ("ordinary ups and downs\n(95 %, no crisis)", "平常波动\n（95%，无危机）"),
    "governance": ("the company's governance", "公司治理"),
    "outrage": ("expressed outrage", "表达的愤怒"),
    "grudge": ("grudge", "积怨"),
    "trust": ("trust", "信任"),
    "certain": (
        "Vertical lines are events; solid: time known, dashed: part of the day known, dotted: "
        "inferred, grey: between these times",
        "竖线为事件：实线时刻确知，虚线仅知时段，点线为推断，灰色为所在区间",
    ),
    "before": ("before: {time}", "之前：{time}"),
    "at_peak": ("at the peak: {time}", "峰值：{time}"),
    "better_in": ("better in {share:.0%} of worlds", "在{share:.0%}的世界中更好"),
    "simulated": ("simulated: median", "模拟：中位数"),
    "better_head": ("better in", "更优世界"),
    "core_ring": ("core fans", "核心粉丝"),
    "other_ring": ("others", "其他人"),
    # what a difference is called, and its colour
    "verdict_better": ("better", "更好"),
    "verdict_worse": ("worse", "更差"),
    "verdict_differs": ("differs, neither is better", "有差异，无优劣之分"),
    "verdict_unclear": ("cannot be told apart", "无法区分"),
    "verdict_same": ("no difference in any world", "各世界均无差异"),
    # what differs between the runs that are shown
    "varied_parameters": (
        "parameters and chance differ between the runs",
        "各次运行的参数与随机因素不同",
    ),
    "varied_seeds": (
        "only chance differs between the runs, the parameters are the same",
        "各次运行仅随机因素不同，参数相同",
    ),
    "varied_nothing": ("one run", "仅一次运行"),
    # events
    "rumour": ("rumour", "传闻"),
    "screenshot": ("screenshot", "截图"),
    "leak": ("leak", "泄露"),
    "apology": ("apology", "致歉"),
    "antagonist_mocks": ("mocking", "嘲讽"),
    "penalty": ("penalty", "处罚"),
    "product_launch": ("launch", "新品"),
    "founder_explanation": ("founder", "创始人"),
    "explanation": ("explanation", "说明"),
    "naming": ("naming", "点名"),
    "buyback": ("buyback", "回购"),
    "termination": ("end of it", "终止"),
    "ignition": ("start", "起因"),
    "removed_from_sale": ("off sale", "下架"),
    "chief_executive_attacks": ("CEO attacks", "首席执行官发难"),
    "host_insults_buyers": ("host insults", "主播辱骂"),
    # outcomes in the comparison
    "outrage_burden_core": ("outrage burden\n[days per core fan]", "愤怒负担\n[每名核心粉丝·天]"),
    "governance_share": ("talk of governance\n[share of angry posts]", "治理话题\n[占愤怒帖比例]"),
    "public_reach": ("people who became aware\n[share]", "知晓人群\n[比例]"),
    "trust_core_d14": (
        "trust of core fans, day 14\n[share of initial]",
        "第14天核心粉丝信任\n[占初始比例]",
    ),
    "listed_h": ("time on the list\n[hours]", "在榜时长\n[小时]"),
    # titles that state the finding
    "title_heat": (
        "Heat on the list peaks {h:.0f} h after the {start} (median of runs); observed, {o:.0f} h",
        "在榜热度在{start}后{h:.0f}小时达峰（各次运行的中位数）；实际为{o:.0f}小时",
    ),
    "title_heat_never": (
        "No run is on the list; the observed heat peaks {o:.0f} h after the {start}",
        "各次运行均未上榜；实际热度在{start}后{o:.0f}小时达峰",
    ),
    "title_heat_plain": (
        "Heat peaks {h:.0f} h after the clock start",
        "热度在起点后{h:.0f}小时达峰",
    ),
    "title_posts": (
        "Fans' talk peaks {lead:.0f} h before everybody else's",
        "粉丝讨论比其他人早{lead:.0f}小时达峰",
    ),
    "title_listed": (
        "Hours on the list on {first} and {second}: simulated median "
        "{a:.0f} and {b:.0f}, observed {oa:.0f} and {ob:.0f}",
        "{first}与{second}在榜小时：模拟中位数{a:.0f}与{b:.0f}，实际{oa:.0f}与{ob:.0f}",
    ),
    "title_listed_plain": (
        "Hours on the list on {first} and {second}: simulated median {a:.0f} and {b:.0f}",
        "{first}与{second}在榜小时：模拟中位数{a:.0f}与{b:.0f}",
    ),
    "title_blame": (
        "Governance has {a:.0%} of outraged talk on day 1, {b:.0%} on day 3; the rest is about "
        "{about}",
        "治理话题占愤怒讨论：第1天{a:.0%}，第3天{b:.0%}；其余为{about}",
    ),
    "title_outrage": (
        "Core fans on day 7: outrage at {a:.0%} of its peak; "
        "afterwards up to {b:.0%} (median of runs)",
        "核心粉丝第7天愤怒为峰值的{a:.0%}；此后最高{b:.0%}（各次运行的中位数）",
    ),
    "title_grudge": (
        "The grudge of core fans fades: at the end {a:.0%} of its peak (median of runs)",
        "核心粉丝的积怨消退：末值为峰值的{a:.0%}（各次运行的中位数）",
    ),
    "title_grudge_stays": (
        "The grudge of core fans does not fade: at the end {a:.0%} of its peak (median of runs)",
        "核心粉丝的积怨没有消退：末值为峰值的{a:.0%}（各次运行的中位数）",
    ),
    "title_trust": (
        "Core fans keep {a:.0%} of their trust (median of runs)",
        "核心粉丝保有最初信任的{a:.0%}（各次运行的中位数）",
    ),
    "title_price": (
        "{inside} of {n} observed closes lie in the noise of an ordinary fortnight;\n"
        "the 5-95 % band of the runs holds {held} of {n}, and their median ends "
        "{off:.0f} % {side} the last",
        "{n}个实际收盘价中{inside}个在平常噪声带内；\n运行的5-95%区间含其中{held}个，中位数最终{side}最后一个{off:.0f}%",
    ),
    "title_compare": (
        "{outcome}: against “{ref}”, {better} of {k} answers better, {worse} worse, "
        "{unclear} cannot be told apart",
        "{outcome}：与“{ref}”相比，{k}种应对中{better}种更好，{worse}种更差，{unclear}种分不出高下",
    ),
    "compare_note": ("{n} paired worlds, 95 % intervals", "{n}个成对世界，95%区间"),
    "size_followers": ("larger: more followers", "越大：关注者越多"),
    "above": ("above", "高于"),
    "below": ("below", "低于"),
    "title_network": (
        "One run (seed {seed}): {a:.0%} of core fans visibly outraged at its "
        "peak, {b:.0%} of the others",
        "一次运行（种子{seed}）：峰值时核心粉丝{a:.0%}公开表露愤怒，其他人{b:.0%}",
    ),
    "structure_main": ("main structure", "主结构"),
    "structure_no_reinforcement": ("fan groups that do not reinforce", "粉丝群不相互强化"),
    "structure_no_rebound": ("no rebound of rejected answers", "被拒绝的回应不激起反弹"),
    "structure_no_official_heat": ("reports that bring no heat", "报道不带来热度"),
    "structure_no_group_reinforcement": ("no group reinforcement", "无群体强化"),
    "structure_hard_thresholds": ("hard thresholds", "硬阈值"),
    "structure_no_novelty_decay": ("no novelty decay", "新奇性不衰减"),
    "structure_one_public": ("one homogeneous public", "单一同质公众"),
    "structure_no_peer_contagion": ("simple contagion for exit", "退出为简单传染"),
    "structure_news_is_grievance": ("all news is a grievance", "凡新闻皆激怒"),
    "structure_silence_costs_nothing": ("silence costs nothing", "沉默没有代价"),
    "metric_attention": ("attention on the hot list", "热搜关注度"),
    "metric_outraged_posts": ("outraged posts", "愤怒帖子"),
    "metric_cumulative_outraged_posts": ("outraged posts so far", "累计愤怒帖子"),
    "metric_trust": ("trust", "信任"),
    "metric_exit": ("customers lost (down)", "用户流失（向下）"),
}

#: Units in Chinese.
UNITS_ZH = {
    "share": "比例", "days per core fan": "天/每名核心粉丝", "h": "小时",
    "days/customer": "天/每名用户",
    "share of initial": "占初始比例", "days": "天",
    "log return": "对数收益", "HKD": "港元", "CNY": "元", "USD": "美元",
    "leaders": "位", "ratio": "比值",
    "views/person": "人均阅读", "h after clock start": "起点后小时",
    "h after the apology": "致歉后小时", "levels": "级", "heat": "热度",
}  # fmt: skip

#: Values that are words, as a reader of Chinese has them (levels, speakers, channels).
VALUES_ZH = {
    "junior": "基层", "manager": "经理", "vice_president": "副总裁",
    "chief_executive": "首席执行官",
    "staff": "员工", "pr_head": "公关负责人", "company": "公司", "founder": "创始人",
    "fan": "粉丝渠道", "true": "是", "false": "否", "first": "第一项指控", "second": "第二项指控",
    "posterior": "后验", "prior": "先验", "point": "默认参数",
    "fans": "粉丝渠道", "public": "推送公众",
}  # fmt: skip


def value_name(key: str, value: str, lang: str) -> str:
    """A value of a setting in words: a response, a level, a channel; else as it is."""
    if lang != "zh":
        return value
    if key == "response" and value in RESPONSES:
        return say(value, lang)
    return "不处罚" if key.endswith(".level") and value == "none" else VALUES_ZH.get(value, value)


def worded(label: str, lang: str, response: bool = False) -> str:
    """A label of an axis, or an answer's name, as a figure has it: words, not a setting's value.

    response : it is a response; "none" is a level, too.
    """
    if lang == "zh":
        return label
    if label in RESPONSES and (response or label != "none"):
        return say(label, lang)
    return label.replace("_", " ")


RESPONSES = ("as_happened", "none", "apology_only", "junior_scapegoat", "executives_at_once",
             "founder_first", "reform_and_fan_panel", "late_48h", "deny")  # fmt: skip


def unit_name(unit: str, lang: str) -> str:
    """A unit in a language; in Chinese one without an entry as it is."""
    return UNITS_ZH.get(unit, unit) if lang == "zh" else unit


#: The main outcome, defined once.
BURDEN = (
    "Outrage burden: the mean expressed outrage of core fans (0 to 1), summed over time from the "
    "first midnight of the case to its end, in days per core fan (fan-days divided by the fans). "
    "1 is one whole day in full outrage for every core fan, or ten days at a tenth of it.",
    "愤怒负担：核心粉丝表达的愤怒均值（0至1）自案例首日零点起至结束的时间积分，单位为天/每名核心粉丝"
    "（即“人·天”除以人数）。1相当于每名核心粉丝整整一天处于完全愤怒，或十天处于十分之一的愤怒。",
)


def say(key: str, lang: str, **values: object) -> str:
    """A string in a language, filled in; a key without an entry is shown as it is.

    So a response, an event or an outcome of a user's own has a name on a figure, too.
    """
    return text_of(WORDS, key, lang, **values) if key in WORDS else key.replace("_", " ")


def text_of(table: Mapping[str, tuple[str, str]], key: str, lang: str, **values: object) -> str:
    """A text of a table such as `WORDS`, filled in. Raises KeyError for an unknown key."""
    text = table[key][lang == "zh"]
    return text.format(**values) if values else text


def half_width(typed: str) -> str:
    """What was typed with a Chinese keyboard as a Latin one types it: １ is 1, ： is :, ｑ is q."""
    return unicodedata.normalize("NFKC", typed)


def number(value: float, digits: int = 3) -> str:
    """A number as it is printed: from a thousand on whole, else to so many digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def signed(value: float, digits: int = 3) -> str:
    """A difference with its sign, never as a power of ten; what is nothing is 0."""
    if not value:
        return "0"
    if abs(value) >= 1000:
        return f"{value:+,.0f}"
    if abs(value) >= 1e-3:
        return f"{value:+.{digits}g}"
    return f"{value:+.5f}" if abs(value) >= 5e-6 else ("+" if value > 0 else "-") + "0.00000"


def counted(n: int, one: str) -> str:
    """So many of something, in English: 1 run, 2 runs, 50,000 runs."""
    return f"{n:,} {one}" if n == 1 else f"{n:,} {one}s"


def few_words(n: int, lang: str) -> str:
    """That so many runs or worlds give no range: said in place of one, never left out."""
    return f"n = {n}：太少，无法给出区间" if lang == "zh" else f"n = {n}: too few for a range"


def either(lang: str, en: str, zh: str) -> str:
    """One of two texts, by language: for words that stand beside their code and nowhere else."""
    return zh if lang == "zh" else en
