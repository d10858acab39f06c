"""What every game tells of a run: headlines, and topics on the public list.

All texts are pairs of English and Chinese, found by a key. What belongs to one case stands in its
script, which may also call any of these headlines otherwise.
"""

from __future__ import annotations

#: Headlines about what happened in the run, and what is told from inside.
TOLD: dict[str, tuple[str, str]] = {
    "act_holding": (
        "You say that you are looking into it, and will answer within a day",
        "你们表示正在核实，一天内答复",
    ),
    "act_partner_calls": ("You call your partners", "你们致电合作KOL"),
    "push": ("Your statement is pushed to everybody", "你们声明向所有人推送"),
    "act_disclosure": ("You tell the fans about it yourselves", "你们主动公开此事"),
    "act_denial": ("You deny it", "你们否认"),
    "act_apology": ("You apologise", "你们致歉"),
    "act_termination": ("You put an end to what people are angry about", "你们终止引发不满之事"),
    "act_penalty": ("Your penalty notice is out", "你们处罚公告发布"),
    "act_explanation": ("You explain yourselves in person", "你们出面说明"),
    "act_reform": ("You promise a reform", "你们承诺改革"),
    "act_compensation": ("You compensate fans", "你们补偿粉丝"),
    "act_buyback": ("You buy back shares", "你们回购股票"),
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
        "你们所否认之事被他人查明",
    ),
}


#: What a hashtag on the public list is about.
TOPICS: dict[str, tuple[str, str]] = {
    "exit": ("a partner who leaves", "合作KOL退出"),
    "mock": ("the mocking", "嘲讽"),
    "apology": ("your apology", "你们致歉"),
    "disclosure": ("your disclosure", "你们公开"),
    "denial": ("your denial", "你们否认"),
    "penalty": ("your penalty notice", "你们处罚"),
    "explanation": ("your explanation", "你们说明"),
    "reform": ("your reform", "你们改革"),
    "compensation": ("your compensation", "你们补偿"),
    "pushed_statement": ("your statement", "你们声明"),
    "broken_promise": ("the broken promise", "未兑现的承诺"),
    "holding": ("your holding statement", "你们缓冲声明"),
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
