"""What a game tells around its decisions: injected events, situations, headlines, topics.

All texts are pairs of English and Chinese, found by a key; what a text is about never depends on
it.
"""

from __future__ import annotations

from collections.abc import Mapping

#: kind -> what the facilitator reads, and what the teams read as a headline.
INJECTIONS: Mapping[str, tuple[str, str]] = {
    "second_screenshot": ("A second screenshot circulates", "第二张截图流传"),
    "leak": (
        "An internal memo about how it came to the deal leaks",
        "关于合作如何达成的内部备忘录泄露",
    ),
    "regulator": (
        "The regulator asks the brand to explain itself",
        "监管部门约谈，要求品牌说明情况",
    ),
}


#: What a brief begins with: at a decision, or at the first one while nothing is public.
SITUATION: dict[str, tuple[str, str]] = {
    "quiet": (
        "A colleague mentions in passing that the brand is courting an opinion leader who has insulted its fans. Nothing is public.",
        "同事偶然提到，品牌正在接触一位曾辱骂粉丝的意见领袖。外界尚无任何消息。",
    ),
    "D0": (
        "A rumour says that the brand is courting an opinion leader who has insulted its fans. It is in the fan groups only. Inside, nobody has told you anything.",
        "传闻称品牌正在接触一位曾辱骂粉丝的意见领袖。目前仅在粉丝群流传。公司内部无人告知你们任何情况。",
    ),
    "D1": (
        "A screenshot is out. Fans ask whether it is true. You do not know yet how far it has gone.",
        "截图已流出。粉丝追问真假。你们尚不知传播有多广。",
    ),
    "D2": (
        "The board asks about the share, marketing about the partners.",
        "董事会关心股价，市场部关心合作伙伴。",
    ),
    "D3": (
        "In the evening most people are online. The staff facts are incomplete.",
        "晚间上网人数最多。内部事实仍不完整。",
    ),
    "D4": (
        "The next morning. You can look at the public list yourselves; what the fans feel you can only guess.",
        "次日上午。公众榜单可自行查看；粉丝的感受只能猜测。",
    ),
    "D5": (
        "Fans ask who is responsible, and whether only somebody junior will pay for it.",
        "粉丝追问谁负责，是否只让基层承担。",
    ),
    "D6": (
        "The last meeting. What you decide now is for the days until the second week.",
        "最后一次会议。现在的决定管到第二周。",
    ),
}


#: Headlines about what happened in the run, and what is told from inside.
TOLD: dict[str, tuple[str, str]] = {
    "act_holding": (
        "You say that you are looking into it, and will answer within a day",
        "你方表示正在核实，一天内答复",
    ),
    "act_partner_calls": ("You call your partners", "你方致电合作KOL"),
    "push": ("Your statement is pushed to everybody", "你方声明向所有人推送"),
    "act_disclosure": ("You tell the fans about the contact yourselves", "你方主动公开接触一事"),
    "act_denial": ("You deny that there is a deal", "你方否认存在合作"),
    "act_apology": ("You apologise", "你方致歉"),
    "act_termination": ("You end the deal", "你方终止合作"),
    "act_penalty": ("Your penalty notice is out", "你方处罚公告发布"),
    "act_explanation": ("You explain yourselves in person", "你方出面说明"),
    "act_reform": ("You promise a reform", "你方承诺改革"),
    "act_compensation": ("You compensate fans", "你方补偿粉丝"),
    "act_buyback": ("You buy back shares", "你方回购股票"),
    "act_delivery": ("The reform is delivered", "改革已落实"),
    "kol_exit": ("A partner opinion leader ends the contract in public", "一位合作KOL公开终止合约"),
    "mock": ("An opinion leader who dislikes the brand mocks it", "一位对立KOL嘲讽品牌"),
    "list": ("On the public trending list: {}", "登上公众热搜：{}"),
    "detection": ("Your monitoring raises an alarm", "舆情监测发出警报"),
    "wave": ("The affair is taken up again from outside", "事件被外部再度提起"),
    "inside": (
        "Somebody inside talks: who was punished, and who was not",
        "内部有人透露：谁被处罚，谁没有",
    ),
    "broken_promise": (
        "The promised reform is overdue, and people notice",
        "承诺的改革逾期，引起注意",
    ),
    "silence": ("It is asked why the brand says nothing", "有人追问：品牌为何不作声"),
    "question": ("A reporter asks what is still unanswered", "记者追问尚未回答的问题"),
    "press": ("Others join in: {}", "其他方加入：{}"),
    "found_out": (
        "What you denied is looked into by somebody else, and the facts come out",
        "你方所否认之事被他人查明",
    ),
    "true": (
        "From inside: what is being said is true in substance; who approved it is not clear yet",
        "内部消息：传言大体属实；由谁批准尚不清楚",
    ),
    "who": (
        "From inside: a handler proposed it, and people further up let it pass",
        "内部消息：由经办人提出，上级放行",
    ),
}


#: What a hashtag on the public list is about.
TOPICS: dict[str, tuple[str, str]] = {
    "exit": ("a partner who leaves", "合作KOL退出"),
    "mock": ("the mocking", "嘲讽"),
    "apology": ("your apology", "你方致歉"),
    "disclosure": ("your disclosure", "你方公开"),
    "denial": ("your denial", "你方否认"),
    "penalty": ("your penalty notice", "你方处罚"),
    "explanation": ("your explanation", "你方说明"),
    "reform": ("your reform", "你方改革"),
    "compensation": ("your compensation", "你方补偿"),
    "pushed_statement": ("your statement", "你方声明"),
    "second_screenshot": ("the second screenshot", "第二张截图"),
    "leak": ("the leak", "泄露"),
    "regulator": ("the regulator", "监管约谈"),
    "screenshot": ("the screenshot", "截图"),
    "rumour": ("the rumour", "传闻"),
    "antagonist_mocks": ("the antagonist's reply", "对立KOL回应"),
    "naming": ("the antagonist, named in public", "对立KOL被点名"),
    "broken_promise": ("the broken promise", "未兑现的承诺"),
    "holding": ("your holding statement", "你方缓冲声明"),
    "silence": ("the brand's silence", "品牌的沉默"),
    "question": ("what is still unanswered", "尚未回答的问题"),
    "found_out": ("what was denied", "被否认之事"),
    "second_found_out": ("the second accusation", "第二项指控"),
    "second_accusation": ("the second accusation", "第二项指控"),
    "launch": ("the launch", "新品发布"),
    "media_test": ("a media test", "媒体实测"),
    "other_brand": ("another brand’s joke", "其他品牌借势"),
    "customer_video": ("customers’ videos", "用户视频"),
    "crowd": ("what people make of it themselves", "网民自发的话题"),
    "other": ("the affair", "此事"),
}
