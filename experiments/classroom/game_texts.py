"""What the game's pages say, in English and Chinese; the refusals of `sessions` are among it."""

from __future__ import annotations

from experiments.classroom import lesson_texts
from experiments.pictures.words import text_of

#: key -> (English, Chinese); braces are filled in by `say`.
TEXTS: dict[str, tuple[str, str]] = {
    # refusals: what is wrong, and what to do
    "too_fast": (
        "Too many requests. Wait half a minute, then try again.",
        "请求过于频繁。请等半分钟再试。",
    ),
    "wrong_code": (
        "No class has this code. Compare it with the one on the screen: 8 letters and digits.",
        "没有使用此代码的课堂。请与屏幕核对：8 位字母和数字。",
    ),
    "no_such_link": (
        "This link is not in use (any more). Join again, or ask the facilitator for a new link.",
        "此链接无效或已失效。请重新加入，或请主持人提供新链接。",
    ),
    "no_such_session": ("There is no such class.", "没有这个课堂。"),
    "no_such_team": (
        "The facilitator has taken this team out of the class.",
        "主持人已将此队移出课堂。",
    ),
    "ended": ("The game has ended.", "游戏已结束。"),
    "locked": ("The facilitator lets nobody else in at the moment.", "主持人暂不允许新成员加入。"),
    "class_full": ("The class is full ({n} teams).", "课堂已满（{n} 队）。"),
    "name_characters": (
        "The name holds characters that cannot be shown. Use letters, digits, spaces.",
        "名称含有无法显示的字符。请使用文字、数字和空格。",
    ),
    "name_length": ("A name has 1 to {n} characters.", "名称须为 1 到 {n} 个字符。"),
    "name_taken": (
        "Another team has this name. Choose another, or use your team's own link.",
        "已有同名队伍。请换一个，或使用本队的链接。",
    ),
    "minutes": (
        "The clock takes more than 0 and at most {n} minutes; empty means no clock.",
        "计时须大于 0 且不超过 {n} 分钟；留空表示不计时。",
    ),
    "seed": ("A whole number from 0 to {n}.", "0 到 {n} 的整数。"),
    "not_now": (
        "That is not possible now: the class has moved on.",
        "现在不能这样做：课堂进度已变化。",
    ),
    "not_this_decision": (
        "This decision is closed; the class has moved on.",
        "此决策已关闭；课堂已进入下一步。",
    ),
    "no_more_decisions": ("All decisions are made.", "所有决策均已完成。"),
    "nothing_decided": (
        "Nothing has been decided yet; open a decision first.",
        "尚无任何决策；请先开放一项决策。",
    ),
    "no_teams": ("Nobody has joined yet.", "还没有人加入。"),
    "unknown_key": ("There is no such choice.", "没有这个选项。"),
    "no_script": (
        "In the laboratory only, since nobody has written a game for them: {cases}. A case of your "
        "own appears here once it has a script (backlash case script FILE, in the folder of this "
        "server).",
        "以下案例尚无游戏脚本，仅供实验室使用：{cases}。自己的案例写好脚本后会出现在此"
        "（在服务器所在文件夹运行 backlash case script FILE）。",
    ),
    "text_length": (
        "At most {n} characters, and only where a text is asked for.",
        "至多 {n} 个字符，且仅限要求填写之处。",
    ),
    "answer_all": ("Answer each question first.", "请先回答每个问题。"),
    "injected_already": ("This event has already come.", "此事件已经发生。"),
    "too_many_revisions": (
        "The answer was changed {n} times; the last one stands.",
        "答案已修改 {n} 次；以最后一次为准。",
    ),
    "too_many_sessions": (
        "{n} classes are open. End one first.",
        "已有 {n} 个课堂进行中。请先结束一个。",
    ),
    "debrief_again": (
        "This page could not be computed. It will be tried again; the others are not affected.",
        "这一页计算失败，稍后会自动重试；其他页不受影响。",
    ),
    "failed": (
        "This could not be computed. The others are not affected; try again.",
        "计算失败。其他人不受影响；请重试。",
    ),
    # all pages
    "game": ("The decision game", "决策游戏"),
    "facilitator": ("Facilitator", "主持人"),
    "try_again": ("Try again", "重试"),
    # joining
    "join_title": ("Join the game", "加入游戏"),
    "join_lead": (
        "You are the PR team of a brand whose own fans are turning on it. Seven decisions; "
        "you see what a PR team would see: late and with noise.",
        "你们是某品牌的公关团队，它的粉丝正在转而反对它。共七次决策；"
        "你们看到的，是公关团队当时能看到的：有延迟，有噪声。",
    ),
    "code": ("Code on the screen", "屏幕上的代码"),
    "team_name": ("Name of your team", "队名"),
    "name_hint": (
        "Everybody in the class sees it. Not your full name.",
        "全班可见。请勿使用真实全名。",
    ),
    "join": ("Join", "加入"),
    "back_to_game": ("Back to your game", "回到你的游戏"),
    # playing
    "your_link": (
        "This page's address is your team's own. It brings you back after a break, and your "
        "team-mates to the same table. Show it to nobody else.",
        "本页地址为本队专属：中断后可由此返回，队友也可由此进入。请勿给其他人看。",
    ),
    "lobby_title": ("You are in", "已加入"),
    "lobby": (
        "Teams here: {n}. The facilitator opens the first decision.",
        "已加入队伍：{n}。主持人将开放第一项决策。",
    ),
    "decision_n": ("{at} · decision {k} of {n}", "{at} · 第 {k} 项决策，共 {n} 项"),
    "time_left": ("Time left", "剩余时间"),
    "answered_n": ("Teams that have answered: {k} of {n}", "已作答队伍：{k} / {n}"),
    "brief_coming": ("The briefing is being put together", "简报正在整理"),
    "headlines": ("Headlines", "消息"),
    "numbers": ("Figures", "数据"),
    "figure": ("Figure", "指标"),
    "value": ("Value", "数值"),
    "likely_range": ("Likely range", "可能范围"),
    "as_of": ("As of", "截至"),
    "curve_caption": (
        "{name} at {time} ({zone}): {feel}, about {value} times. It is an estimate: the "
        "true figure lies between {low} and {high} times in 19 hours of 20 (the pale band).",
        "{time}（{zone}）的{name}：{feel}，约 {value} 倍。这是估计值：20 个小时中有 19 个，"
        "真值在 {low} 到 {high} 倍之间（浅色带）。",
    ),
    "curve_none": (
        "{name} at {time} ({zone}): none to speak of.",
        "{time}（{zone}）的{name}：几乎没有。",
    ),
    "feel_less": ("fewer than ordinary posts about the brand", "少于品牌的日常发帖"),
    "feel_usual": ("about as many as ordinary posts about the brand", "与品牌的日常发帖相近"),
    "feel_more": ("more than ordinary posts about the brand", "多于品牌的日常发帖"),
    "feel_far_more": ("far more posts than on an ordinary day", "远多于品牌的日常发帖"),
    "range_low": ("likely from", "可能下限"),
    "range_width": ("width of the range", "范围宽度"),
    "your_decision": ("Your decision", "你们的决策"),
    "confirm": ("Confirm our decision", "确认决策"),
    "confirm_again": ("Confirm the change", "确认修改"),
    "until_closed": (
        "Only what is confirmed counts. It can be changed until the clock or the facilitator "
        "closes the decision.",
        "只有确认后才算数。在计时结束或主持人关闭决策之前均可修改。",
    ),
    "chosen": ("You have decided", "已作出决策"),
    "change": ("Change it", "修改"),
    "keep": ("Keep it as it was", "保持不变"),
    "waiting": (
        "Waiting for the others. This page moves on by itself.",
        "等待其他队伍。本页会自动更新。",
    ),
    "closed_title": ("The decision is closed", "决策已关闭"),
    "closed": (
        "The facilitator opens the next one. This page moves on by itself.",
        "主持人将开放下一项。本页会自动更新。",
    ),
    "closed_last": (
        "That was the last one. The debrief comes next.",
        "这是最后一项。接下来是复盘。",
    ),
    "did_nothing": (
        "You did not answer in time: nothing was done.",
        "你们未及时作答：视为未采取行动。",
    ),
    "event_came": ("New: {event}", "新情况：{event}"),
    "earlier": ("Your earlier decisions", "此前的决策"),
    "nothing_mark": ("not answered", "未作答"),
    # debrief
    "debrief": ("Debrief", "复盘"),
    "debrief_of": ("Debrief of {name}", "{name} 的复盘"),
    "debrief_lead": (
        "Your path against 200 twins: the same choices in other worlds, with other parameters "
        "and other chances. One decision flipped at a time in your own world; luck and skill; and "
        "what the model cannot know.",
        "你们的路径与 200 个平行世界对照：同样的选择，放进参数与机遇各异的其他世界。"
        "另有在你们的世界中逐项换掉一个决定、运气与能力，以及模型无法知道的。",
    ),
    "debrief_begins": ("The computation begins", "计算即将开始"),
    "debrief_seconds": ("about {n} seconds left", "约剩 {n} 秒"),
    "debrief_minutes": ("about {n} minutes left", "约剩 {n} 分钟"),
    "open_page": ("Open as a page of its own", "在单独页面中打开"),
    "download": ("Download (one file)", "下载（单个文件）"),
    # the facilitator
    "new_class": ("A new class", "新建课堂"),
    "title": ("Title (shown on the screen)", "标题（将投影显示）"),
    "case": ("Case", "案例"),
    "population": ("Model", "模型"),
    "people_default": ("3,000 people", "3000 人"),
    "people_classroom": ("300 people", "300 人"),
    "population_default": ("3,000 people", "3000 人"),
    "population_classroom": (
        "300 people: debriefs in a fraction of the time, rougher",
        "300 人：复盘快得多，但较粗略",
    ),
    "debriefs_take": (
        "From about {n} teams on, 300 people are recommended. Minutes from the end of the game to "
        "the class page, and to the last team's page (roughly; on two cores that have other work "
        "too):",
        "约 {n} 队以上建议用 300 人。自游戏结束到全班页面、再到最后一队页面约需"
        "（双核，且有其他工作）：",
    ),
    "teams": ("Teams", "队数"),
    "takes": ("{first} min, {last} min", "{first} 分钟，{last} 分钟"),
    "seed_label": ("Seed (chances)", "随机种子（机遇）"),
    "draw_label": ("World (number of a plausible world)", "世界（可能世界的编号）"),
    "world_hint": (
        "The same world for the whole class, locked from now on. Another seed or world is another "
        "lesson; write them down to repeat one.",
        "全班使用同一世界，从此锁定。更换种子或世界即为另一节课；记下它们便可重复。",
    ),
    "create": ("Create the class", "创建课堂"),
    "classes": ("Classes", "课堂"),
    "none_yet": ("None yet.", "暂无。"),
    "join_at": ("Join at", "加入地址"),
    "world_locked": (
        "World locked for everybody: case {case}, seed {seed}, draw {draw}, {people}",
        "全班世界已锁定：案例 {case}，种子 {seed}，抽样 {draw}，{people}",
    ),
    "pace": ("Pace", "进度"),
    "minutes_label": ("Minutes (empty: no clock)", "分钟（留空：不计时）"),
    "open_next": ("Open {at} · decision {k}: {name}", "开放 {at} · 第 {k} 项决策：{name}"),
    "close_now": ("Close {at} · decision {k}", "关闭 {at} · 第 {k} 项决策"),
    "set_clock": ("Set the clock", "设定计时"),
    "end": ("End the game", "结束游戏"),
    "end_ask": (
        "End the game now? What is still open is done nothing about, for all teams. The debriefs "
        "begin.",
        "现在结束游戏？所有队伍未决的事项均视为未采取行动，随后开始复盘。",
    ),
    "yes_end": ("End it", "结束"),
    "no": ("No", "取消"),
    "inject": ("Inject an event at this decision", "在此决策加入事件"),
    "inject_hint": (
        "For the whole class, once each. Teams that have answered may change their answer.",
        "面向全班，每种一次。已作答者可重新作答。",
    ),
    "inject_next": ("Inject an event at the next decision", "在下一项决策加入事件"),
    "inject_next_hint": (
        "For the whole class, once each. Teams hear of it when the next decision opens.",
        "面向全班，每种一次。下一项决策开放时各队才会得知。",
    ),
    "came_at": ("came at {at} · decision {k}", "已发生于 {at} · 第 {k} 项"),
    "comes_at": ("comes with {at} · decision {k}", "将随 {at} · 第 {k} 项出现"),
    "lock": ("Let nobody else in", "停止加入"),
    "unlock": ("Let players in again", "重新允许加入"),
    "teams_n": ("Teams: {n}", "队伍：{n}"),
    "team": ("Team", "队伍"),
    "state": ("State", "状态"),
    "answered": ("answered", "已作答"),
    "thinking": ("thinking", "思考中"),
    "waits": ("waiting", "等待"),
    "not_answered": ("did nothing", "未作答"),
    "missed": ("Missed", "未作答次数"),
    "actions": ("Help", "协助"),
    "connection": ("Screen", "屏幕"),
    "there": ("connected", "在线"),
    "gone": ("away", "离线"),
    "new_link": ("New link", "新链接"),
    "new_link_is": (
        "New link of {name}; the old one no longer works:",
        "{name} 的新链接；旧链接已失效：",
    ),
    "remove": ("Remove", "移除"),
    "remove_ask": ("Take {name} out of the class, for good?", "将 {name} 永久移出课堂？"),
    "nobody_sees": (
        "Who has answered is shown, not what; choices are shown in the debrief.",
        "此处只显示谁已作答，不显示内容；内容在复盘中展示。",
    ),
    "unsaved": (
        "Not on disk: {why}. The game goes on, but would not survive a restart.",
        "未能写入磁盘：{why}。游戏可继续，但重启后会丢失。",
    ),
    "class_debrief": ("Class debrief", "全班复盘"),
    "class_debrief_coming": (
        "The class page comes first: every team's game and its twins. The teams' own pages follow.",
        "先生成全班页面：各队的结局与其平行世界；随后是各队自己的页面。",
    ),
    "team_debriefs": ("Pages of the teams: {k} of {n}", "各队页面：{k} / {n}"),
    "last_debrief": ("The last team's page", "最后一队的页面"),
    "debrief_ready": ("debrief ready", "复盘已完成"),
    "debrief_awaited": ("debrief to come", "复盘生成中"),
    "debrief_failed": ("debrief failed", "复盘失败"),
    "phase_lobby": ("Players join", "等待加入"),
    "phase_open": ("{at} · decision {k} of {n} is open", "{at} · 第 {k} 项决策（共 {n} 项）进行中"),
    "phase_closed": (
        "{at} · decision {k} of {n} is closed",
        "{at} · 第 {k} 项决策（共 {n} 项）已关闭",
    ),
    "phase_ended": ("Ended", "已结束"),
    **lesson_texts.TEXTS,
}


def say(key: str, lang: str, **values: object) -> str:
    """A text of the game's pages in a language ("en" or "zh"), filled in with `values`.

    Raises KeyError for an unknown key.
    """
    return text_of(TEXTS, key, lang, **values)
