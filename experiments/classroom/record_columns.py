"""The columns of the tables of a class, and the codebook that explains them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its table, its name, whether the anonymised file has it, and what it is."""

    table: str  #: decisions or outcomes
    name: str
    anonymous: bool
    en: str
    zh: str


def _decisions(name: str, anonymous: bool, en: str, zh: str) -> Column:
    return Column("decisions", name, anonymous, en, zh)


def _outcomes(name: str, anonymous: bool, en: str, zh: str) -> Column:
    return Column("outcomes", name, anonymous, en, zh)


COLUMNS: tuple[Column, ...] = (
    _decisions("class", False, "title of the class", "课堂标题"),
    _decisions("team", False, "name of the team", "队名"),
    _decisions("team_id", True, "id of the team: the same in both tables, tells neither name nor order of joining", "队伍编号：两表一致，不透露队名与加入次序"),
    _decisions("case", True, "case that was played", "所用案例"),
    _decisions("decision", True, "key of the decision", "决策代号"),
    _decisions("place", True, "place of the decision in the game, from 1", "第几项决策，从 1 起"),
    _decisions("decision_text", True, "its name", "决策名称"),
    _decisions("question", True, "key of the question", "问题代号"),
    _decisions("question_text", True, "the question", "问题"),
    _decisions("option", True, "key of the option that held", "所选（或默认）选项代号"),
    _decisions("option_text", True, "the option", "选项"),
    _decisions("answered", True, "1: the team answered; 0: it did not, and the option that does nothing held", "1：队伍作答；0：未作答，按“不行动”处理"),
    _decisions("opened_utc", False, "when the decision was opened, UTC", "开放时间（UTC）"),
    _decisions("answered_utc", False, "when the team answered for the last time, UTC", "最后一次作答时间（UTC）"),
    _decisions("seconds", True, "seconds from the opening to the last answer, pauses included; empty: not answered", "从开放到最后一次作答的秒数（含暂停）；空：未作答"),
    _decisions("times_answered", True, "how often the team confirmed an answer", "确认作答的次数"),
    _decisions("reason", False, "the reason that the team wrote", "队伍写下的理由"),
    _decisions("reason_characters", True, "its length in characters; 0: none", "理由的字符数；0：无"),
    _decisions("statement", False, "the statement that the team drafted", "队伍起草的声明"),
    _decisions("statement_characters", True, "its length in characters; 0: none, or not asked", "声明的字符数；0：无或未要求"),
    _outcomes("class", False, "title of the class", "课堂标题"),
    _outcomes("team", False, "name of the team", "队名"),
    _outcomes("team_id", True, "id of the team, as in decisions", "队伍编号，与决策表一致"),
    _outcomes("case", True, "case that was played", "所用案例"),
    _outcomes("seed", True, "seed of chance of the class's world", "本课世界的随机种子"),
    _outcomes("draw", True, "number of the class's plausible world", "本课所处可能世界的编号"),
    _outcomes("population", True, "classroom: 300 people; default: 3,000", "classroom：300 人；default：3000 人"),
    _outcomes("outcome", True, "name of the outcome; `backlash explain NAME` says what it is", "结果名称；`backlash explain NAME lang=zh` 给出解释"),
    _outcomes("own", True, "its value in the class's world; empty: did not happen", "在本课世界中的值；空：未发生"),
    _outcomes("twins_mean", True, "mean over the other worlds in which the team's choices were run; empty: too few", "该队选择在其他世界中的均值；空：样本太少"),
    _outcomes("history", True, "what the brand really did, in the class's world", "品牌的实际做法在本课世界中的值"),
    _outcomes("missed", True, "decisions that the team did not answer", "该队未作答的决策数"),
)  # fmt: skip


def codebook(lang: str) -> str:
    """What each column of the anonymised tables is, as Markdown."""
    zh = lang == "zh"
    head = (
        "# 编码簿\n\n两个表，UTF-8 编码的 CSV。已去除：队名、课堂标题、钟点时间、理由与声明的文字"
        "（其中可能有姓名）。以 ' 开头的单元格是文字，避免被当作公式。结果是模型的，不是对现实的预测。\n"
        if zh
        else "# Codebook\n\nTwo tables, CSV in UTF-8. Left out: names of teams, the title of the class, "
        "clock times, and the words of reasons and statements, which may hold names. A cell that begins "
        "with ' is text that a spreadsheet would take for a formula. Outcomes are the model's and "
        "predict nothing real.\n"
    )  # fmt: skip
    lines = [head]
    for table in ("decisions", "outcomes"):
        lines.append(f"\n## {table}.csv\n")
        lines.append(
            f"| {'列' if zh else 'column'} | {'含义' if zh else 'what it is'} |\n|---|---|"
        )
        for c in COLUMNS:
            if c.table == table and c.anonymous:
                lines.append(f"| {c.name} | {c.zh if zh else c.en} |")
    return "\n".join(lines) + "\n"
