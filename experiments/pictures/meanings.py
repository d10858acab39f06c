"""What settings mean, in Chinese: the meanings of docs/parameters.md, for dictionaries of data."""

from __future__ import annotations

from dataclasses import fields

from experiments.pictures.parameter_words import PARAMETERS, parameter_name
from sim.playbook.act import Texts
from sim.playbook.kinds import KINDS
from sim.settings.keys import setting_of
from sim.settings.parameters_page import told

#: English meaning, as the typed settings have it -> Chinese.
ZH = {
    "an option of conf/case, or a file": "案例：conf/case 中的选项，或文件",
    "an option of conf/response": "应对：conf/response 中的选项",
    "acts with names of their own, any number of any kind: "
    "response.acts.second_letter={kind: apology, delay_h: 30}, with the levers of its kind": (
        "自行命名的举措，种类与数量不限：response.acts.second_letter={kind: apology, delay_h: 30}，"
        "可带该种类的各项设置"
    ),
    "conf/population: classroom 300 people, default 3,000, city a million, full_scale five million": (
        "人群规模：classroom 300人，default 3,000人，city 100万人，full_scale 500万人"
    ),
    "conf/network: default, communities": "网络：default 或 communities",
    "a file of ties, columns follower, followed (docs/recipes.md)": "关注关系文件，列 follower、followed",
    "with it, a file of people: id, kind, traits (docs/recipes.md)": "与之配套的人群文件：id、类别、特征",
    "a network that `backlash network save=DIR` wrote": "由 `backlash network save=DIR` 写出的网络",
    "Which end of a tie in `network.edges` follows the other, where no column says it.": (
        "关注关系文件中一行的两端谁关注谁（没有列名说明时）"
    ),
    "What is done with what a network file holds and no network can.": (
        "文件中有而网络不能有的内容（自环、重复、其他列）如何处理"
    ),
    "length of a step (15 or 30)": "步长（15 或 30 分钟）",
    "days from the case's start": "自案例开始的天数",
    "hours simulated before the case's start": "案例开始前模拟的小时数",
    "core fans, customers and public together": "核心粉丝、普通用户与公众合计",
    "core fans among simulated people": "模拟人群中核心粉丝的比例",
    "customers among simulated people": "模拟人群中普通用户的比例",
    "opinion leaders under contract": "合作意见领袖人数",
    "opinion leaders who report": "报道型意见领袖人数",
    "opinion leaders who mock": "嘲讽型意见领袖人数",
    "investors who trade at random": "随机交易的投资者人数",
    "investors who follow sentiment": "跟随情绪的投资者人数",
    "investors who follow value": "跟随价值的投资者人数",
    "people that a person follows, on average": "每人平均关注人数",
    "Pareto exponent of follower counts": "粉丝数的帕累托指数",
    "share of a core fan's follows that are core fans": "核心粉丝所关注者中核心粉丝的比例",
    "share of ties returned": "互相关注的比例",
    "share of people's own choices that stay in their community; 0 = none": (
        "自主选择中留在本社群的比例；0 表示没有社群"
    ),
    "mean size of a community, if there are any": "社群平均规模（如有社群）",
    "share of choices found through somebody whom one follows": "经由所关注者找到的选择比例",
    "fan group chats of a core fan": "每名核心粉丝的粉丝群数",
    "mean size of a group chat": "粉丝群平均人数",
    "audience of the largest opinion leader, over all people": "最大意见领袖的受众占全体比例",
    "Pareto exponent of leaders' audiences": "意见领袖受众的帕累托指数",
    "seed of the network; null = the run's own seed": "网络种子；null 表示用该次运行的种子",
    "Where statements go: to the fans' channels, or pushed to everybody.": (
        "声明渠道：粉丝渠道，或推送给所有人"
    ),
    "delay; null = never": "延迟；null 表示从不",
    "responsibility that is acknowledged": "承认的责任",
    "What starts the clock of an act.": "举措由什么触发",
    "state that triggers the act": "触发该举措的状态阈值",
    "Who speaks for the brand; the value is the voice: 0 staff to 1 founder.": (
        "发声者：从员工（0）到创始人（1）"
    ),
    "Highest level that a penalty reaches.": "处罚所及的最高级别",
    "severity": "处罚轻重",
    "time given to a fair process before the notice": "通报前公正程序所用时间",
    "depth of the reform": "改革深度",
    "delivered: yes or no": "是否兑现",
    "time to delivery": "兑现所需时间",
    "generosity": "补偿力度",
    "cash at full generosity": "最大补偿力度时的现金支出",
    "amount": "金额",
}


#: Settings that are neither levers of an act nor parameters, for axes: English, Chinese.
KEYS: dict[str, Texts] = {
    "response": ("response", "应对"),
    "response.channel": ("channel of the statements", "声明渠道"),
    "case": ("case", "案例"),
    "population.n_people": ("people simulated", "模拟人数"),
}


def act_named(name: str) -> Texts:
    """An act in a sentence; one with a name of its own by that name."""
    plain = name.replace("_", " ")
    return KINDS[name].NOUN if name in KINDS else (plain, plain)


def key_name(key: str) -> tuple[dict[str, str], str]:
    """A setting in words, in both languages, and its unit; one without words by itself."""
    if key in KEYS:
        en, zh = KEYS[key]
        return {"en": en, "zh": zh}, ""
    group, _, rest = key.partition(".")
    name, _, lever = rest.removeprefix("acts.").partition(".")
    if group == "response" and lever:
        en, zh = act_named(name)
        if lever == "delay_h":
            return {"en": f"hours until the {en}", "zh": f"距{zh}的小时数"}, "h"
        if lever == "speaker":
            return {"en": f"speaker of the {en}", "zh": f"{zh}的发声者"}, ""
        for item in (item for act in KINDS.values() for item in fields(act)):
            if item.name == lever and (name not in KINDS or item in fields(KINDS[name])):
                said = [
                    text.partition(":")[0].partition("：")[0] for text in item.metadata["label"]
                ]
                unit = item.metadata.get("unit", "").partition(":")[0].partition(" (")[0]
                short = "h" if unit.startswith("h") else unit
                return {"en": f"{en}: {said[0]}", "zh": f"{zh}：{said[1]}"}, short
    if group == "parameters":
        called = {lang: parameter_name(rest, lang) for lang in ("en", "zh")}
        return called, "h" if rest.endswith("_h") and not rest.endswith("per_h") else ""
    return {"en": key, "zh": key}, ""


def meaning_zh(key: str) -> str:
    """What a setting means in Chinese; "" where nobody has said it yet."""
    known = told(key)
    group, _, name = key.partition(".")
    if known is None:
        return ""
    if group == "mechanisms":
        return "机制开关：false 表示去除（" + known.meaning.partition(": ")[2] + "）"
    if group == "parameters":
        return PARAMETERS[name][1] if name in PARAMETERS else ""
    found = setting_of(key)
    labels = found[0].metadata.get("label", ("", "")) if found else ("", "")
    return ZH.get(known.meaning) or labels[1]  # a lever of an act is called as it is declared
