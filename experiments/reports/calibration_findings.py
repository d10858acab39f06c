"""What a calibration found, in sentences with their numbers."""

from __future__ import annotations

import pandas as pd

from experiments.calibration import identifiability, transfer, wave_contrasts
from experiments.calibration.evidence import Checked
from experiments.reading.intervals import rows_of
from experiments.reports.forecast_findings import worth
from experiments.sweeps.reference import Told


def findings(c: Checked) -> list[Told]:
    """What a calibration found: sentences in English and Chinese, each with its numbers.

    In the order of the report: what is pinned down, how the fit went, what is identified, and what
    the fit is worth.
    """
    return [
        _pinned(c),
        _would_tell(c),
        _waves(c),
        _settled(c),
        _screened(c),
        _severity(c),
        *worth(c),
    ]


def _of_fans(c: Checked) -> pd.DataFrame:
    """The rows of what is fitted and no other affair informs."""
    return c.shrinkage[c.shrinkage["fitted"] & ~c.shrinkage["measured"]]


def _pinned(c: Checked) -> Told:
    """Which fitted parameters the case pins down, and which stay as the prior had them."""
    found = c.fit
    fitted = _of_fans(c)
    held = fitted["parameter"].isin(identifiability.pinned_by_case(c.shrinkage))
    pinned, loose = fitted[held], fitted[~held]
    others = c.shrinkage[c.shrinkage["fitted"] & c.shrinkage["measured"]]
    names, rest, platform = (
        ", ".join(f"{r['parameter']} ({r['shrinkage']:.0%})" for r in rows_of(rows)) or "none"
        for rows in (pinned, loose, others)
    )
    share = found.effective / len(found.worlds)
    return (
        f"Of {len(fitted)} fan parameters the case narrows {len(pinned)} by a fifth or more: "
        f"{names}. Prior-driven (narrowed by less): {rest}. Of the platform, within what other "
        f"affairs have: {platform}. {found.n_runs:,} short runs, "
        f"{found.effective:.0f} effective worlds of {len(found.worlds)} ({share:.0%}).",
        f"{len(fitted)}个粉丝参数中，案例使{len(pinned)}个收窄两成以上：{names if len(pinned) else '无'}。"
        f"取决于先验（收窄不足两成）：{rest if len(loose) else '无'}。平台参数（在其他事件的范围内）："
        f"{platform if len(others) else '无'}。共{found.n_runs:,}次短程运行，"
        f"{len(found.worlds)}个世界中有效{found.effective:.0f}个（{share:.0%}）。",
    )


#: Fitted parameters that no number of the fitted days speaks to by itself -> data that would.
WOULD_TELL: dict[str, Told] = {
    "reinforcement_per_h": ("posts inside fan groups by the hour", "粉丝群内逐小时发帖"),
    "appraisal_gain": ("tone of posts by the hour, fans apart", "逐小时的帖子情绪，粉丝单列"),
    "betrayal": ("as appraisal_gain, with which it is confounded", "同appraisal_gain，二者混淆"),
    "outrage_half_life_h": (
        "tone of the same people's posts over days", "同一批人数日内的帖子情绪"),
    "outburst": ("posts per person by tone", "按情绪分的人均发帖"),
    "post_per_h": ("number of posts by the hour", "逐小时发帖总数"),
    "news_talk": ("neutral posts by the hour", "逐小时中性帖子"),
    "habituation": ("reactions by how often a person has read of it", "按阅读次数分的反应"),
    "visible_outrage": ("comments under the executives' posts", "高管帖子下的评论"),
    "see_person": ("views of ordinary people's posts", "普通人帖子的阅读量"),
    "see_group": ("activity of fan groups in the first hours", "最初几小时粉丝群的活跃度"),
    "heat_per_post": ("posts on a listed topic beside its heat", "在榜话题的发帖数与热度对照"),
    "leader_exit_per_h": ("hours at which each partner left", "各合作方退出的时刻"),
    "heat_pr_head": ("heat of other personal posts of executives", "高管其他个人帖子的热度"),
}  # fmt: skip


def _would_tell(c: Checked) -> Told:
    """Which data would narrow the fitted parameters that the case leaves as they were."""
    fitted = _of_fans(c)
    loose = fitted[~fitted["parameter"].isin(identifiability.pinned_by_case(c.shrinkage))]
    known = [name for name in map(str, loose["parameter"]) if name in WOULD_TELL]
    if not known:
        return (
            "Every fitted parameter is narrowed by a fifth or more.",
            "每个拟合参数均收窄两成以上。",
        )
    en, zh = ("; ".join(f"{n}: {WOULD_TELL[n][k]}" for n in known) for k in (0, 1))
    return (f"Data that would narrow the others: {en}.", f"能收窄其余参数的数据：{zh}。")


#: Answers and outcomes of the contrasts by wave, for sentences and figures.
ARM_WORDS: dict[str, Told] = {
    "as_happened": ("as it happened", "按实际方式回应"),
    "deny": ("denial", "否认"),
    "apology_only": ("apology alone", "仅致歉"),
    "late_48h": ("the same two days late", "推迟两天"),
    "junior_scapegoat": ("only a junior punished", "仅处罚基层"),
    "outrage_burden_core": ("outrage of core fans [fan-days]", "核心粉丝愤怒［粉丝·日］"),
    "trust_core_d14": ("trust of core fans on day 14", "核心粉丝第14日信任"),
    "public_reach": ("public who hear of it", "知晓的公众"),
}


def _settled(c: Checked) -> Told:
    """Whether the sign of any answer against silence still turned in late waves."""
    table = c.fit.contrasts
    found = wave_contrasts.turned(table)
    last = table[table["wave"] == table["wave"].max()]
    en, zh = (
        "; ".join(f"{ARM_WORDS[arm][k]} ({ARM_WORDS[what][k]})" for arm, what in found)
        for k in (0, 1)
    )
    n = len(last)
    return (
        f"Answers against silence by wave: of {n} contrasts {len(found)} change sign after wave "
        f"{wave_contrasts.EARLY}" + (f": {en}; no headline may rest on these." if found else "."),
        f"各波中应对与沉默之差：{n}项对比中有{len(found)}项在第{wave_contrasts.EARLY}波之后变号"
        + (f"：{zh}；不得以此为结论。" if found else "。"),
    )


def _waves(c: Checked) -> Told:
    """How the waves of the fit went, and by which rule they ended."""
    history, settings = c.fit.history, c.fit.settings
    last, first = history.iloc[-1], history.iloc[0]
    stopped = last["new"] < settings.min_new
    return (
        f"{len(history)} waves; in the last {last['new']:.0%} of the kept worlds were new ("
        + ("the stop rule" if stopped else f"not yet the stop rule: under {settings.min_new:.0%}")
        + f"), and their median distance is {last['median']:.2f} (first wave: "
        f"{first['median']:.2f}). Waves are run over {settings.wave_days} days: what would have "
        "come to be later counts as never.",
        f"共{len(history)}波；末波新入{last['new']:.0%}"
        + ("（达到停止规则）" if stopped else f"（未达停止规则：低于{settings.min_new:.0%}）")
        + f"，中位距离由{first['median']:.2f}降至{last['median']:.2f}。各波只运行{settings.wave_days}天，"
        "此后才出现者视为从未出现。",
    )


def _screened(c: Checked) -> Told:
    """Which parameters move any target at all over the prior: those outside the fit matter most."""
    if not len(c.screening):
        return (
            "Screening on the prior: too few worlds for so many parameters.",
            "先验筛查：世界太少，无法判断。",
        )
    moving = c.screening[c.screening["n_targets"] > 0]
    inert = [n for n in c.fit.settings.fan if n not in set(moving["parameter"])]
    left_out = [str(n) for n in moving[~moving["fitted"].astype(bool)]["parameter"]][:4]
    return (
        f"Screening on the prior: {len(moving)} of {len(c.screening)} parameters move a target beyond "
        f"chance; strongest outside the fit: {', '.join(left_out) or 'none'}"
        + (f"; fitted, but moving none: {', '.join(inert)}." if inert else "."),
        f"先验筛查：{len(c.screening)}个参数中{len(moving)}个对目标有超出随机的影响；"
        f"未拟合者中最强：{'、'.join(left_out) or '无'}。",
    )


def _severity(c: Checked) -> Told:
    """Whether the case says anything on how severe a penalty should be (transfer.BLOCK)."""
    block = transfer.BLOCK
    shrunk = {row["parameter"]: float(row["shrinkage"]) for row in rows_of(c.shrinkage)}
    most, noise = (
        max((shrunk[n] for n in block if n in shrunk), default=0.0),
        identifiability.noise_of_shrinkage(c.fit),
    )
    head = "How severe a penalty should be is almost unidentified by this case: "
    return (
        (head if most < identifiability.PINNED else "") + "of the parameters that "
        f"decide it ({', '.join(block)}) none shrinks by more than {most:.0%} (chance alone gives up "
        f"to {noise:.0%}). One penalty was given, at one level, at one time.",
        f"本案例几乎无法识别处罚应多重：相关参数（{', '.join(block)}）收缩不超过{most:.0%}"
        f"（随机即可达{noise:.0%}）。现实中只有一次处罚、一个级别、一个时间。",
    )
