"""What a lesson's pages say besides the game: projector, control, practice.

They are merged into `game_texts.TEXTS`, so `game_texts.say` knows them; here only because a file of
all texts would be too long.
"""

from __future__ import annotations

#: key -> (English, Chinese); braces are filled in by `game_texts.say`.
TEXTS: dict[str, tuple[str, str]] = {
    # the projector
    "projector": ("Projector view", "投影视图"),
    "projector_open": ("Open the projector view", "打开投影视图"),
    "projector_hint": (
        "For the second screen: code, decision, headlines, clock, who has answered. Nothing on it "
        "says what is coming or what anybody chose. This page is yours alone.",
        "供第二块屏幕使用：代码、决策、消息、计时、谁已作答。不显示后续内容，也不显示任何队伍的选择。"
        "本页仅供主持人查看。",
    ),
    "both_languages": ("EN + 中文", "中文 + EN"),
    "scan": ("Scan, or type the address and the code", "扫码，或输入地址与代码"),
    "everybody_knows": ("What everybody has read", "所有人都已读到"),
    "to_decide": ("To decide", "待决定"),
    "projector_closed": ("This decision is closed", "此决策已关闭"),
    "projector_lobby": ("Join the game", "加入游戏"),
    "projector_nobody": ("Nobody has joined yet", "还没有人加入"),
    "projector_ended": ("The game is over. Now: what was policy, what was luck?",
                        "游戏结束。接下来：哪些是策略，哪些是运气？"),
    "projector_ready": (
        "The class page is ready.",
        "全班页面已生成。",
    ),
    "answered_mark": ("answered", "已作答"),
    # control
    "paused": ("paused", "已暂停"),
    "pause": ("Pause the clock", "暂停计时"),
    "go_on": ("Let the clock run on", "继续计时"),
    "reopen": ("Open {at} · decision {k} again", "重新开放 {at} · 第 {k} 项决策"),
    "close_ask": (
        "Close {at} for everybody? Answered: {k} of {n}.",
        "现在为全班关闭 {at}？已作答：{k} / {n}。",
    ),
    "close_ask_late": (
        "These have not, and would do nothing: {names}.",
        "以下队伍尚未作答，将视为未采取行动：{names}。",
    ),
    "new_link_qr": ("QR code of the link of {name}", "{name} 的链接二维码"),
    "copy_link": ("Copy the link", "复制链接"),
    "link_copied": ("Copied.", "已复制。"),
    "done": ("Done", "完成"),
    "debrief_nearly": ("nearly there", "即将完成"),
    # tables
    "tables": ("Take along", "带走"),
    "tables_hint": (
        "Decisions with times, reasons and statements are there at any time; outcomes once the "
        "class page is. The anonymised file has neither names nor words, and a codebook.",
        "决策、时间、理由与声明随时可取；结果在全班页面生成后可取。匿名文件不含姓名与文字，附编码簿。",
    ),
    "table_decisions": ("Decisions (CSV)", "决策（CSV）"),
    "table_outcomes": ("Outcomes (CSV)", "结果（CSV）"),
    "table_anonymous": ("Anonymised, with codebook (ZIP)", "匿名数据与编码簿（ZIP）"),
    # what a team writes, and what comes in
    "messages": ("Messages", "来信"),
    "write_reason": ("Why? One or two sentences", "理由：一两句话"),
    "write_statement": ("Draft statement", "声明草稿"),
    "write_hint": (
        "Stays on the teacher's computer and is shown in the debrief. No machine scores it.",
        "仅保存在教师的电脑上，并在复盘中展示。不由任何机器评分。",
    ),
    "wrote_reason": ("Your reason", "你们的理由"),
    "wrote_statement": ("Your draft statement", "你们的声明草稿"),
    # one person alone
    "practice": ("Practice", "练习"),
    "practise_alone": ("No class? Practise alone", "没有课堂？独自练习"),
    "practice_lead": (
        "The whole game for one person, with 300 people and no clock. Each answer counts at once; "
        "after the last one comes your debrief. When a class ends at the same time, its debriefs "
        "go first.",
        "一个人玩完整局：300 人，不计时。每次作答立即生效；最后一项之后生成你的复盘。"
        "若同时有课堂结束，课堂的复盘优先。",
    ),
    "practice_begin": ("Begin", "开始"),
    "practice_you": ("You", "你"),
    "alone": (
        "What you confirm counts at once, and cannot be changed.",
        "确认后立即生效，不能再改。",
    ),
    "too_many_practices": (
        "{n} people are practising. Try again later.",
        "已有 {n} 人在练习，请稍后再试。",
    ),
}  # fmt: skip
