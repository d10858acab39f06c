"""What a game in a terminal says, in English and Chinese, wrapped to its width.

Chinese characters are two columns wide, so widths are counted in columns and not in characters.
"""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING

from experiments.pictures.words import text_of

if TYPE_CHECKING:
    pass


WIDTH = 88  #: columns


def wide(text: str) -> int:
    """Columns of a text in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, indent: int = 0) -> str:
    """Wrapped to the width; Chinese has no spaces to wrap at and is broken anywhere.

    indent : blanks before every line but the first.
    """
    if wide(text) == len(text):
        return textwrap.fill(text, WIDTH, subsequent_indent=" " * indent)
    lines, line = [], ""
    for c in text:
        if wide(line + c) > WIDTH:
            lines.append(line)
            line = " " * indent
        line += c
    return "\n".join([*lines, line])


def padded(text: str, width: int) -> str:
    """A text with blanks up to so many columns; a longer one stays as it is."""
    return text + " " * max(0, width - wide(text))


_TEXTS: dict[str, tuple[str, str]] = {
    "hello": (
        "You are the PR team of a brand whose own fans are turning on it. Decisions: {n}. What\n"
        "you see is late and noisy. Type a number, a key or the words; ? tells what it costs,\n"
        "q keeps the game for later.",
        "你们是某品牌的公关团队，它的粉丝正在转而反对它。共{n}次决策；所见有延迟、有噪声。\n"
        "输入编号、英文名称或选项原文；? 查看代价，q 保存并退出。",
    ),
    "how": (
        "  type a number, a key or the words; q keeps the game for later",
        "  输入编号、英文名称或选项原文；q 保存并退出",
    ),
    "again": (
        "  a number from 1 to {}, a key, the words, ? or q",
        "  请输入1至{}、英文名称、选项原文、? 或 q",
    ),
    "file": ("Your choices: {}", "你们的选择：{}"),
    "kept": ("The game is kept. To go on: {}", "已保存。继续：{}"),
    "reason": (
        "Why? One line; Enter for none. Nothing scores it.",
        "为什么？一行即可，回车跳过。不计分。",
    ),
    "as_of": ("as of", "截至"),
    "comma": (", ", "，"),
    "and": ("; ", "；"),
    "at_most": ("at most", "最高"),
    "last": ("last", "最近"),
    "end": (
        "How it ended, beside what the brand did in the same world:",
        "结局，与同一世界中的实际应对对照：",
    ),
    "card": ("outcome|you|what happened", "结果|你们|实际应对"),
    "card_note": (
        "A card, not points. One world: luck is in it; the debrief tells what is beyond luck.",
        "逐项并列，不是分数。仅一个世界，含运气；复盘说明哪些超出运气。",
    ),
    "debrief": ("debrief:", "复盘："),
    "better": ("Better than what happened, beyond luck: {}", "优于实际应对（超出运气）：{}"),
    "worse": ("Worse than what happened, beyond luck: {}", "差于实际应对（超出运气）：{}"),
    "none": ("nothing", "无"),
    "open": ("Open it in a browser:", "请用浏览器打开："),
}


def say(key: str, lang: str) -> str:
    """A text of the game in a language. Raises KeyError for an unknown key."""
    return text_of(_TEXTS, key, lang)
