"""The script of the decision game: seven decisions with their questions and options.

Who writes another decision or another wording edits here. What is told around the decisions is in
`told`; what an answer rules out is in `rules`, what it does in `runs`, which strategy it is in
`theory`. The first option of every question does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Option:
    """A plain choice, with its cost in words; its key is what a saved game holds."""

    key: str
    en: str
    zh: str
    cost_en: str  #: in words, shown with the option
    cost_zh: str

    def text(self, lang: str) -> str:
        """The choice in a language."""
        return self.zh if lang == "zh" else self.en

    def cost(self, lang: str) -> str:
        """What it costs, in words."""
        return self.cost_zh if lang == "zh" else self.cost_en


@dataclass(frozen=True)
class Question:
    """One choice among options; the first does nothing, which is what a team gets that does not
    answer.
    """

    key: str
    en: str
    zh: str
    options: tuple[Option, ...]  #: the first one does nothing

    def text(self, lang: str) -> str:
        """The question in a language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Decision:
    """A moment of the crisis at which the PR team decides; all of its questions at the same
    time.
    """

    key: str  #: D0 to D6
    hours: float  #: from the case's clock start
    time: datetime  #: in the zone of the case: the documented one unless a world was given
    en: str
    zh: str
    questions: tuple[Question, ...]

    def text(self, lang: str) -> str:
        """Its name in a language."""
        return self.zh if lang == "zh" else self.en


#: The clock start of the documented case, from which the hours of the decisions count.
_DOCUMENTED = datetime(2026, 1, 5, 13, 40)


def _decision(key: str, minutes: int, en: str, zh: str, *questions: Question) -> Decision:
    """A decision so many minutes after the clock start of the documented case."""
    return Decision(
        key, minutes / 60, _DOCUMENTED + timedelta(minutes=minutes), en, zh, tuple(questions)
    )


DECISIONS: tuple[Decision, ...] = (
    _decision(
        "D0", -220, "A rumour in the fan groups", "粉丝群里的传闻",
        Question(
            "rumour", "What do you do about the rumour?", "如何对待传闻？",
            (
                Option("wait", "Wait: rumours come and go", "观望：传闻来来去去",
                       "Costs nothing now.", "眼下没有成本。"),
                Option("monitor", "Buy closer monitoring", "加购更密的舆情监测",
                       "A fee; no effect outside. From now on your estimates of volume and mood are twice as exact.",
                       "需付费；对外无影响。此后声量与情绪的估计误差减半。"),
                Option("verify", "Ask inside: is there a deal, and who signed?", "内部核实：有无合作，谁签的？",
                       "Staff time, and people notice that you ask. You know the facts at the next meeting instead of on day two.",
                       "占用人力，且会有人察觉。下次会议即知事实，而非次日。"),
                Option("disclose", "Tell the fans yourselves, before anybody else does", "抢先向粉丝公开",
                       "You admit the contact while hardly anybody has heard of it; it cannot be taken back, nor denied later.",
                       "在几乎无人知晓时承认接触；无法收回，此后不能再否认。"),
            ),
        ),
    ),
    _decision(
        "D1", 15, "The screenshot is out", "截图流出",
        Question(
            "stance", "What do you say?", "说什么？",
            (
                Option("silence", "Nothing yet", "暂不回应",
                       "No mistake in words; the fans hear only the others.", "不会说错话；但粉丝只听到别人的说法。"),
                Option("hold", "“We are looking into it”", "“我们正在核实”",
                       "You promise an answer within a day. A little attention; without a word by then nobody waits any longer.",
                       "承诺一天内答复。引来少许关注；届时若无答复，便不再有人等待。"),
                Option("deny", "Deny that there is a deal", "否认存在合作",
                       "Sows doubt about the screenshot; if it turns out true, the denial counts as another betrayal.",
                       "使人怀疑截图；若属实，否认将成为又一次背叛。"),
                Option("apologise", "Apologise at once; the deal is “being reviewed”", "立即致歉；合作“正在复核”",
                       "Admits the contact before you know all facts; an apology comes only once.",
                       "在事实未明时承认接触；致歉只有一次。"),
                Option("apologise_end", "Apologise at once and end the deal", "立即致歉并终止合作",
                       "As above, and the deal is gone for good.", "同上，且合作永久终止。"),
                Option("end", "End the deal without a word of apology", "终止合作，不致歉",
                       "Admits by deed that there was one.", "以行动承认合作存在。"),
            ),
        ),
    ),
    _decision(
        "D2", 80, "Partners and the market", "合作KOL与股市",
        Question(
            "buyback", "Buy back own shares?", "是否回购自家股票？",
            (
                Option("none", "No", "不回购", "Costs nothing.", "无成本。"),
                Option("routine", "HKD 150 million", "回购1.5亿港元",
                       "HKD 150 million, about what a day of that month brought anyway.", "1.5亿港元，约为当月日常规模。"),
                Option("large", "HKD 500 million", "回购5亿港元",
                       "HKD 500 million; the price may move by less than an ordinary day does.", "5亿港元；对股价的作用可能小于平常一天的波动。"),
            ),
        ),
        Question(
            "partners", "Call the partner opinion leaders?", "是否致电合作KOL？",
            (
                Option("leave", "Leave them alone", "不联系", "You read it in the news if one leaves.", "若有人退出，只能从新闻得知。"),
                Option("call", "Call each of them", "逐一致电",
                       "An afternoon of senior time. It may keep some who waver, and from now on you know at once who has left.",
                       "占用高管半天。或可留住犹豫者，且此后可即时得知谁已退出。"),
            ),
        ),
    ),
    _decision(
        "D3", 320, "The evening curve", "晚间高峰",
        Question(
            "speaker", "Who speaks this evening?", "今晚由谁发声？",
            (
                Option("nobody", "Nobody", "无人发声", "The evening, when most people read, belongs to the others.", "晚间阅读高峰拱手让人。"),
                Option("staff", "A member of staff", "普通员工",
                       "Draws little attention; sounds as if nobody responsible had dared to.", "关注少；显得负责人不敢出面。"),
                Option("pr_head", "The head of public relations", "公关负责人",
                       "Ties the affair to a person in the department that caused it.", "把事件与涉事部门的个人绑定。"),
                Option("founder", "The founder", "创始人",
                       "The strongest voice and by far the loudest: people who knew nothing will hear of it. Can be used once.",
                       "分量最重，也最响：原本不知情者也会知晓。只能用一次。"),
            ),
        ),
        Question(
            "admission", "What is admitted, if somebody speaks?", "若发声，承认多少？",
            (
                Option("little", "“A misunderstanding; we regret the feelings”", "“是误会，对此感受表示遗憾”",
                       "Least to be held against you; sounds hollow.", "最少把柄；显得空洞。"),
                Option("some", "“There was contact; it was wrong”", "“确有接触，这是错误的”",
                       "Enough to be quoted in court, not enough for everybody.", "足以被引为证据，未必人人满意。"),
                Option("full", "Everything known, named and owned", "全部承认，点明责任",
                       "Legal advises against it; facts that are still missing may embarrass you.", "法务反对；尚缺的事实可能令你难堪。"),
            ),
        ),
        Question(
            "deal", "And the deal?", "合作如何处置？",
            (
                Option("keep", "Leave it open", "暂不处理", "Words without a deed.", "有言无行。"),
                Option("end", "End it tonight, for good", "今晚终止，永不合作", "The deal is gone; admits that there was one.", "合作不再；等于承认其存在。"),
            ),
        ),
    ),
    _decision(
        "D4", 1280, "The fans' channels, or everybody?", "粉丝渠道，还是所有人？",
        Question(
            "statement", "Who should hear you?", "让谁听到？",
            (
                Option("stay", "Stay in the fans' own channels", "留在粉丝渠道",
                       "Fans who missed it last night may never see your statement.", "昨晚错过的粉丝可能看不到声明。"),
                Option("push", "Push your statement to everybody", "向所有人推送声明",
                       "More people read your side; many of them learn only now that there is a crisis.",
                       "更多人看到你的说法；其中许多人此刻才知道有危机。"),
                Option("apologise", "Apologise now, in the fans' channels", "现在在粉丝渠道致歉",
                       "Late; but better informed than last night.", "已迟；但比昨晚更了解事实。"),
                Option("apologise_push", "Apologise now, pushed to everybody", "现在致歉，并向所有人推送",
                       "Late and loud.", "既迟且响。"),
            ),
        ),
    ),
    _decision(
        "D5", 1820, "“Only a junior?”", "“只处罚基层？”",
        Question(
            "penalty", "Who is punished, and how?", "处罚谁，如何处罚？",
            (
                Option("none", "Nobody", "不处罚", "Nobody is hurt; fans ask who is responsible.", "无人受损；粉丝追问谁负责。"),
                Option("handler", "Dismiss the handler", "辞退经办人",
                       "One junior's job; unlawful if the process is short. Fans look higher up.", "一名基层丢工作；程序仓促则可能违法。粉丝会往上看。"),
                Option("managers", "Cancel a manager's bonus", "取消经理奖金", "A manager's income and standing.", "经理的收入与声誉。"),
                Option("executives", "Cancel two executives' bonuses, in public", "公开取消两名高管奖金",
                       "A notice with names is news in itself, for days.", "点名公告本身就是新闻，可延续数日。"),
                Option("executive_out", "Dismiss the executive in charge", "辞退分管高管",
                       "The hardest: loss of a leader, fear among staff, legal cost.", "最重：失去主管，员工不安，法律成本。"),
            ),
        ),
        Question(
            "process", "How long is the hearing before the notice?", "公告前的程序用时？",
            (
                Option("short", "Two hours", "两小时", "Fast; nobody was heard, which can be unlawful.", "快；未听取当事人，可能违法。"),
                Option("day", "One day", "一天", "The notice comes tomorrow evening.", "明晚公告。"),
                Option("three_days", "Three days", "三天", "The fairest; three more evenings without an answer.", "最公正；再等三个晚上。"),
            ),
        ),
        Question(
            "reform", "Promise a reform?", "是否承诺改革？",
            (
                Option("none", "No", "不承诺", "Nothing to be held to.", "无可追究。"),
                Option("vetting", "A vetting rule for partners", "合作方审查规则", "Slows every future deal a little; must be delivered.", "今后合作略慢；须兑现。"),
                Option("panel", "A vetting rule and a panel of fans", "审查规则与粉丝评议团",
                       "Fans get a say in later deals; a broken promise is worse than none.", "粉丝参与今后决策；失信比不承诺更糟。"),
            ),
        ),
    ),
    _decision(
        "D6", 2660, "The days after", "此后数日",
        Question(
            "reply", "Does anybody explain in person?", "是否有人出面说明？",
            (
                Option("nobody", "Nobody", "无人", "The matter may rest; or it may look ducked.", "或平息，或显得回避。"),
                Option("pr_head", "The head of public relations", "公关负责人", "Some attention again.", "再次引来一些关注。"),
                Option("founder", "The founder, in a live stream", "创始人直播说明",
                       "Everybody hears it; the affair is on the list again for a night.", "人尽皆知；话题再上热搜一夜。"),
            ),
        ),
        Question(
            "delivery", "And the reform?", "改革如何推进？",
            (
                Option("leave", "Let it rest", "搁置", "Nothing now; a promise that was made falls due after about a week.", "眼下无成本；已作的承诺约一周后到期。"),
                Option("deliver", "Deliver what was promised within five days", "五天内兑现承诺", "Work for legal, purchasing and the fans' panel.", "法务、采购与评议团的工作量。"),
                Option("begin", "Promise a vetting rule and a panel now, and deliver in five days", "现在承诺审查与评议，五天内落实",
                       "Fans get a say in later deals.", "粉丝参与今后决策。"),
            ),
        ),
        Question(
            "compensation", "Compensate fans?", "是否补偿粉丝？",
            (
                Option("none", "No", "不补偿", "Costs nothing.", "无成本。"),
                Option("vouchers", "Vouchers for registered fans", "向注册粉丝发券", "HKD 10 million; some will say you pay for silence.", "1000万港元；有人会说是封口费。"),
                Option("generous", "Generous vouchers", "大额券", "HKD 20 million; the same, louder.", "2000万港元；同上，更甚。"),
            ),
        ),
    ),
)  # fmt: skip
#: Key of a decision -> its place in the game, from 0.
PLACE = {decision.key: k for k, decision in enumerate(DECISIONS)}
#: What a question is about, in a word.
IN_A_WORD: dict[str, tuple[str, str]] = {
    "rumour": ("rumour", "传闻"),
    "stance": ("first words", "首次表态"),
    "buyback": ("buyback", "回购"),
    "partners": ("partners", "合作KOL"),
    "speaker": ("speaker", "发声者"),
    "admission": ("admission", "承认"),
    "deal": ("deal", "合作"),
    "statement": ("channel", "渠道"),
    "penalty": ("penalty", "处罚"),
    "process": ("hearing", "程序"),
    "reform": ("reform", "改革"),
    "reply": ("reply", "说明"),
    "delivery": ("reform", "改革"),
    "compensation": ("compensation", "补偿"),
}


def option_of(decision: str, question: str, option: str) -> tuple[Question, Option]:
    """A question and one of its options, by their keys, all of which must exist."""
    about = next(q for q in DECISIONS[PLACE[decision]].questions if q.key == question)
    return about, next(o for o in about.options if o.key == option)
