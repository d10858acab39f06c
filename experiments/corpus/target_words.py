"""The statistics of a population in words: id -> (English, Chinese)."""

from __future__ import annotations

#: Statistics that are one number, and the median of those that are several.
_SINGLE: dict[str, tuple[str, str]] = {
    "K01": ("share that begins with a response", "首个话题即为回应的比例"),
    "K02": ("share that begins with a response, fans harmed", "首个话题即为回应的比例(粉丝受损)"),
    "K03": ("share whose largest topic is a response", "最大话题为回应的比例"),
    "K04": ("largest topic a response, accusation first", "最大话题为回应(指责在先且有回应)"),
    "K05": ("share that is one response topic and no more", "仅有一个回应话题的比例"),
    "K06": ("nothing new > 6 h after an apology", "致歉6小时后再无新话题"),
    "K07": ("nothing new > 24 h after an apology", "致歉24小时后再无新话题"),
    "K08": ("nothing new > 6 h after an apology, big before", "致歉6小时后再无新话题(此前热度大)"),
    "K09": ("nothing new > 24 h after an apology, big before", "致歉24小时后再无新话题(此前热度大)"),
    "K10": ("nothing new > 24 h after a penalty", "处罚24小时后再无新话题"),
    "K12": ("day after a response at most .35 of the day", "回应次日热度不超过当日的0.35"),
    "K13": ("day after a response at nothing", "回应次日热度为零"),
    "K14": ("day after a response above the day", "回应次日热度高于当日"),
    "K15": ("apology's peak / first topic's", "致歉话题峰值/首个话题峰值"),
    "K16": ("explanation's peak / first topic's", "解释话题峰值/首个话题峰值"),
    "K17": ("penalty's peak / first topic's", "处罚话题峰值/首个话题峰值"),
    "K18": ("chief executive's or founder's peak / first topic's", "CEO或创始人话题峰值/首个话题峰值"),
    "K19": ("apology's peak / explanation's", "致歉话题峰值/解释话题峰值"),
    "K20": ("relapse 24-96 h after an apology", "致歉后24-96小时复燃"),
    "K21": ("relapse 24-96 h after an apology, big", "致歉后24-96小时复燃(热度大)"),
    "K22": ("relapse 24-96 h after an explanation alone", "仅有解释后24-96小时复燃"),
    "K23": ("responses' part of the heat of 24 h after an apology", "致歉后24小时热度中回应话题所占"),
    "K25": ("share with a new topic after 24 h", "24小时后仍有新话题的比例"),
    "K26": ("share with a second wave", "出现第二波的比例"),
    "K28a": ("part of heat in hours 0-24", "0-24小时热度占比"),
    "K28b": ("part of heat in hours 24-48", "24-48小时热度占比"),
    "K28c": ("part of heat in hours 48-96", "48-96小时热度占比"),
    "K28d": ("part of heat later", "96小时以后热度占比"),
    "S4": ("share with one topic", "仅有一个话题的比例"),
    "S5": ("hottest hour (h): median", "热度最高的小时(h): 中位数"),
}  # fmt: skip
#: Statistics of which quantiles are taken: id -> words, percents (50 bears the plain id if True).
_SEVERAL: dict[str, tuple[str, str, tuple[int, ...], bool]] = {
    "K11": ("day after the hottest response day / that day", "最热回应日次日/当日",
            (50, 25, 75, 90), True),
    "K24": ("first to last new topic (h)", "首个到末个新话题(h)", (50, 10, 25, 75, 90), True),
    "K27": ("second wave's hottest hour / the earlier one", "第二波最热小时/此前最热小时",
            (50, 25, 75), True),
    "K29": ("listed apology after the first topic (h)", "致歉上榜距首个话题(h)",
            (10, 25, 50, 75, 90), True),
    "S1": ("heat-hours (M)", "总热度小时(百万)", (10, 25, 50, 75, 90), False),
    "S2": ("heat-hours of the first 24 h (M)", "前24小时热度小时(百万)",
           (10, 25, 50, 75, 90), False),
    "S3": ("topics", "话题数", (25, 50, 75, 90), False),
}  # fmt: skip


def _all() -> dict[str, tuple[str, str]]:
    """Every statistic, quantiles one by one."""
    found = dict(_SINGLE)
    for name, (en, zh, percents, plain) in _SEVERAL.items():
        for percent in percents:
            own = name if plain and percent == 50 else f"{name}_q{percent}"
            found[own] = (f"{en}: {percent} %", f"{zh}: {percent}%")
    return dict(sorted(found.items()))


TARGET_WORDS = _all()
