"""What the pages to print say: theories on one page each, the rubric, slides, cards, the timeline.

Theories are told in own words; whoever teaches them reads the sources that are named. Chinese terms
follow textbooks of crisis communication (危机传播).
"""

from __future__ import annotations

Pair = tuple[str, str]

#: key -> (English, Chinese)
TEXTS: dict[str, Pair] = {
    "handouts": ("To print", "打印材料"),
    "cards": ("Decision cards", "决策卡片"),
    "slides": ("Slides", "幻灯片"),
    "rubric": ("Rubric", "评分量表"),
    "scct": ("SCCT on one page", "SCCT 一页通"),
    "repair": ("Image repair on one page", "形象修复理论一页通"),
    "timeline": ("Timeline up to the start", "起点之前的时间线"),
    "print_hint": ("Print this page, or save it as PDF.", "打印本页，或另存为 PDF。"),
    "when": ("When", "时间"),
    "what": ("What happened", "发生了什么"),
    "sure": ("How sure", "确定程度"),
    "exact": ("documented", "有记录"),
    "about": ("about", "大约"),
    "inferred": ("inferred", "推断"),
    "timeline_lead": (
        "What could be known before the first minute of the crisis. The page stops there on purpose.",
        "危机开始之前可以知道的情况。本页有意到此为止。",
    ),
    "timeline_last": ("Here the game begins.", "游戏由此开始。"),
    "zone": ("Times: {zone}", "时间：{zone}"),
    "card_reason": ("Our reason, in one sentence:", "我们的理由（一句话）："),
    "card_statement": ("Our statement, as it would go out:", "我们的声明（即将发出的原文）："),
    "card_team": ("Team:", "队名："),
    "card_number": ("Decision {k} of {n}", "第 {k} 项决策，共 {n} 项"),
    "slide_roles": (
        "You are the PR team. You see what such a team could see: late and inexact.",
        "你们是公关团队。你们看到的，就是这样一支团队当时能看到的：迟到而不精确。",
    ),
    "slide_rules": ("House rules", "课堂约定"),
    "slide_predict": ("Before we begin, write down", "开始之前，请写下"),
    "slide_now": ("Decide now", "现在决定"),
    "slide_debrief": ("Debrief", "复盘"),
    "slide_cannot": ("What the model cannot know", "模型无法知道的"),
    "sources": ("Sources", "出处"),
    "own_words": ("In own words; read the sources.", "以上为转述；请阅读原文。"),
    "in_game": ("In the game", "在游戏中"),
    "points": ("points", "分"),
}

RULES: tuple[Pair, ...] = (
    (
        "Roles, not names: the people in the case are real.",
        "只说角色，不说姓名：案例中的人是真实的。",
    ),
    ("No mocking of fans, and none of the firm.", "不嘲笑粉丝，也不嘲笑企业。"),
    ("One sentence of reason for each choice.", "每个选择写一句理由。"),
    ("Only what is confirmed counts.", "只有确认后才算数。"),
)
PREDICT: tuple[Pair, ...] = (
    ("What will people be angry about on the third day?", "第三天，人们会为什么而愤怒？"),
    ("Which one decision will matter most?", "哪一项决策影响最大？"),
    ("Would it be better to say nothing?", "什么都不说会更好吗？"),
)
DEBRIEF: tuple[Pair, ...] = (
    ("Which part was policy, which was luck?", "哪些是策略，哪些是运气？"),
    ("Who paid for less anger, and with what?", "愤怒减少了，谁付出了什么代价？"),
    ("What did you know when you decided?", "作决定时，你们知道什么？"),
    ("What does the theory say, and what came out?", "理论怎么说？结果如何？"),
    (
        "What would you now do differently, and how sure are you?",
        "现在会有什么不同做法？有多确定？",
    ),
)

SCCT_LEAD: Pair = (
    "Situational crisis communication theory (Coombs): how much people hold the organisation responsible decides how much of it the answer has to accept.",
    "情境危机传播理论（Coombs）：公众认为组织应负多大责任，决定了回应须承担多少责任。",
)
#: Heading, rows of a name and what it says.
SCCT: tuple[tuple[Pair, tuple[tuple[Pair, Pair], ...]], ...] = (
    (
        ("1. Before anything else", "一、首先"),
        (
            (
                ("Instructing information", "指导性信息"),
                ("what people must know to protect themselves", "人们保护自己所需的信息"),
            ),
            (
                ("Adjusting information", "调适性信息"),
                (
                    "what happened, that you care, what is done so that it does not happen again",
                    "发生了什么、你们的关切、如何防止再次发生",
                ),
            ),
        ),
    ),
    (
        ("2. Which kind of crisis do people see?", "二、公众把它看作哪类危机？"),
        (
            (
                ("Victim", "受害型"),
                ("rumour, attack, disaster: little responsibility", "谣言、攻击、灾害：责任小"),
            ),
            (
                ("Accident", "事故型"),
                ("not meant, hard to control: some responsibility", "非故意、难以控制：有一定责任"),
            ),
            (
                ("Preventable", "可预防型"),
                (
                    "known risk, wrong on purpose, rules broken: much responsibility",
                    "明知风险、故意为之、违规：责任大",
                ),
            ),
        ),
    ),
    (
        ("3. What makes it worse", "三、加重因素"),
        (
            (
                ("Crisis history", "危机史"),
                ("something like it happened before", "以前发生过类似事件"),
            ),
            (
                ("Relation before", "以往关系声誉"),
                ("people were treated badly before", "以往对相关公众不好"),
            ),
        ),
    ),
    (
        ("4. Which answer fits", "四、匹配的回应"),
        (
            (
                ("Deny", "否认"),
                (
                    "attack the accuser, denial, scapegoat. Only where there is truly no responsibility",
                    "攻击指控者、否认、找替罪羊。只在确无责任时",
                ),
            ),
            (
                ("Diminish", "弱化"),
                ("excuse, justification. For accidents", "寻找借口、合理化。适合事故型"),
            ),
            (
                ("Rebuild", "重建"),
                (
                    "compensation, apology. For preventable crises, and where something makes it worse",
                    "补偿、道歉。适合可预防型，或有加重因素时",
                ),
            ),
            (
                ("Bolster (beside others)", "支持（辅助）"),
                (
                    "reminder, ingratiation, victimage. Never alone",
                    "提醒以往善举、迎合、表明自己也是受害者。不单独使用",
                ),
            ),
        ),
    ),
)
SCCT_GAME: tuple[Pair, ...] = (
    (
        "Name the kind of crisis at each decision. Does it change?",
        "在每个决策点说出危机类型。它会变吗？",
    ),
    (
        "Which family is your answer of? Does it fit the responsibility that people see?",
        "你们的回应属于哪一类？与公众认定的责任相配吗？",
    ),
    (
        "What does the theory leave out: who hears it, how fast, through which channel?",
        "理论没有谈什么：谁听到、多快、通过什么渠道？",
    ),
)
SCCT_SOURCE = "Coombs, W. T. (2007). Protecting organization reputations during a crisis. Corporate Reputation Review, 10(3), 163–176."

REPAIR_LEAD: Pair = (
    "Image repair (Benoit): an image is hurt where people see an offensive act and hold somebody responsible for it. What can be said works on one of the two.",
    "形象修复理论（Benoit）：人们看到冒犯行为并认定某人负责，形象便受损。言辞所能做的，是改变二者之一。",
)
REPAIR: tuple[tuple[Pair, tuple[tuple[Pair, Pair], ...]], ...] = (
    (
        ("1. Denial", "一、否认"),
        (
            (("Simple denial", "简单否认"), ("it did not happen, or we did not do it", "没有发生，或不是我们做的")),
            (("Shifting the blame", "转移责任"), ("somebody else did it", "是别人做的")),
        ),
    ),
    (
        ("2. Evading responsibility", "二、规避责任"),
        (
            (("Provocation", "被激怒"), ("we only reacted", "我们只是回应")),
            (("Defeasibility", "无力控制"), ("we did not know, or could not", "不知情，或无法做到")),
            (("Accident", "意外"), ("it was not meant", "并非有意")),
            (("Good intentions", "动机良好"), ("we meant well", "出于好意")),
        ),
    ),
    (
        ("3. Reducing offensiveness", "三、减少敌意"),
        (
            (("Bolstering", "强化"), ("remember the good that we did", "强调以往善行")),
            (("Minimisation", "淡化"), ("it is not so bad", "事情没那么严重")),
            (("Differentiation", "区别化"), ("others did worse", "别人更糟")),
            (("Transcendence", "超越"), ("it served something larger", "为了更高的目的")),
            (("Attacking the accuser", "反击指控者"), ("look who is talking", "质疑指控者")),
            (("Compensation", "补偿"), ("something for those who were hurt", "补偿受害者")),
        ),
    ),
    (
        ("4. Corrective action", "四、修正行为"),
        (((("Repair, prevent"), "修复与预防"), ("put it right, and see to it that it does not happen again", "纠正问题，防止再犯")),),
    ),
    (
        ("5. Mortification", "五、承认并道歉"),
        ((("Admit, ask forgiveness", "认错、请求原谅"), ("it was wrong, and we are sorry", "这是错的，我们道歉")),),
    ),
)  # fmt: skip
REPAIR_GAME: tuple[Pair, ...] = (
    (
        "Underline each strategy in your own draft statement. How many are there? Do they contradict one another?",
        "在自己的声明草稿中标出每种策略。有几种？彼此矛盾吗？",
    ),
    ("Which of them needs a deed to be believed?", "哪一种需要行动才能让人相信？"),
    ("Who is the audience of each sentence?", "每一句是说给谁听的？"),
)
REPAIR_SOURCE = "Benoit, W. L. (1997). Image repair discourse and crisis communication. Public Relations Review, 23(2), 177–186."

#: What is judged -> poor, fair, good, excellent. Outcomes of the model are not among it.
RUBRIC: tuple[tuple[Pair, tuple[Pair, Pair, Pair, Pair]], ...] = (
    (
        ("Reading the situation", "判断情境"),
        (
            ("repeats the headline", "复述消息"),
            ("names what is known", "说出已知情况"),
            ("tells known, likely and unknown apart", "区分已知、可能与未知"),
            ("and says what would change the decision", "并说明什么会改变决定"),
        ),
    ),
    (
        ("Reasons", "理由"),
        (
            ("none, or “it felt right”", "没有，或“感觉对”"),
            ("one reason", "一条理由"),
            ("reasons for and against, with a theory", "有正反理由，并引用理论"),
            ("and why the theory fits here, or not", "并说明理论在此是否适用"),
        ),
    ),
    (
        ("Those affected", "相关各方"),
        (
            ("only the firm", "只想到企业"),
            ("fans as well", "也想到粉丝"),
            ("staff, partners, the public: who pays?", "员工、伙伴、公众：谁付代价？"),
            ("and whether it is fair to those punished", "并考虑对受罚者是否公平"),
        ),
    ),
    (
        ("Draft statement", "声明草稿"),
        (
            ("empty phrases", "空话"),
            ("says what happened", "说明发生了什么"),
            ("facts, responsibility, deed; one voice", "事实、责任、行动，口径一致"),
            ("and fits its readers and the channel", "并切合读者与渠道"),
        ),
    ),
    (
        ("Looking back", "反思"),
        (
            ("judges by the outcome", "以结果论成败"),
            ("names one thing to do otherwise", "指出一处会改变的做法"),
            ("tells policy and luck apart", "区分策略与运气"),
            ("and says what the model cannot know", "并指出模型无法知道什么"),
        ),
    ),
)  # fmt: skip
RUBRIC_LEAD: Pair = (
    "For marking what was written, said and argued. Outcomes of the model are not marked: in one world they are luck in part, and a report card is no score.",
    "用于评价书面与口头的论证。模型的结果不计分：单个世界的结果有运气的成分，成绩表也不是分数。",
)
LEVELS: tuple[Pair, ...] = (("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"))


def pick(pair: Pair, lang: str) -> str:
    """A pair of texts in a language."""
    return pair[lang == "zh"]


def say(key: str, lang: str, **values: object) -> str:
    """A text in a language, filled in. Raises KeyError for an unknown key."""
    return pick(TEXTS[key], lang).format(**values)
