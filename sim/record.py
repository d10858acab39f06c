"""What a run leaves behind: series by step, a log of what happened, and what was asked.

The schema is written down here and nowhere else. All series are float32 with one value a step,
burn-in included; `Run.to_frame()` gives them with their clock times. A value is what a step left
behind it, its time is when the step begins. On a coarser grid flows add up, states and prices are
those of the last step: `coarser`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sim.base.showing import figure_of, shower
from sim.clock import Clock

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

KINDS = ("core", "customer", "public")  #: of people, in the order of rows
#: A flow is counted in a step and begins anew in the next; a state is how things stand after a
#: step, sums since the beginning included; a price is the last one at which was traded.
Measure = Literal["flow", "state", "price"]


@dataclass(frozen=True)
class Series:
    """One recorded quantity: its name, what it measures, its unit, and what it is called."""

    name: str  #: of the column
    measure: Measure  #: what becomes of it on a coarser grid
    unit: str  #: of a flow per step
    en: str  #: what figures call it
    zh: str  #: the same in Chinese

    def __post_init__(self) -> None:
        if (self.measure == "flow") != self.unit.endswith("/step"):
            raise ValueError(f"{self.name}: a flow, and nothing else, has a unit per step")

    def unit_per(self, span: str) -> str:
        """Its unit on a grid of `span`, such as h: posts/h where a step has posts/step."""
        return self.unit.removesuffix("step") + span if self.measure == "flow" else self.unit

    def over(self, values: npt.NDArray[np.float32], width: int) -> npt.NDArray[np.float64]:
        """Its values on a grid of `width` steps, float64[n_steps / width]; totals are conserved.

        Raises ValueError where the last window would not be whole.
        """
        windows = values.reshape(-1, width)
        taken = windows.sum(axis=1, dtype=np.float64) if self.measure == "flow" else windows[:, -1]
        return np.asarray(taken, np.float64)


def _by_kind(
    name: str, measure: Measure, unit: str, en: str, zh: str, kinds: tuple[str, ...] = KINDS
) -> list[Series]:
    """One series for each kind of people: `name_core` and so on."""
    people = {
        "core": ("core fans", "核心粉丝"),
        "customer": ("customers", "普通用户"),
        "public": ("the public", "公众"),
    }
    return [
        Series(
            f"{name}_{kind}", measure, unit, f"{en}, {people[kind][0]}", f"{zh}({people[kind][1]})"
        )
        for kind in kinds
    ]


_OWNERS = ("core", "customer")  #: kinds that have a device to sell and a brand to leave

#: Every series of a run, in the order of its columns.
SERIES: tuple[Series, ...] = (
    *_by_kind("posts", "flow", "posts/step", "posts", "发帖数"),
    Series("posts_kol", "flow", "posts/step", "posts of opinion leaders", "意见领袖发帖数"),
    Series("posts_neutral", "flow", "posts/step", "neutral posts on the topic", "中性话题帖"),
    Series("posts_deal", "flow", "posts/step", "outraged posts about the deal", "关于合作的愤怒帖"),
    Series(
        "posts_governance",
        "flow",
        "posts/step",
        "outraged posts about governance",
        "关于公司治理的愤怒帖",
    ),
    *_by_kind("outrage", "state", "share", "expressed outrage", "表达的愤怒"),
    *_by_kind("outrage_deal", "state", "share", "outrage about the deal", "对合作的愤怒"),
    *_by_kind(
        "outrage_governance", "state", "share", "outrage about governance", "对公司治理的愤怒"
    ),
    *_by_kind("grudge", "state", "share", "grudge", "积怨"),
    *_by_kind("trust", "state", "share", "trust", "信任"),
    *_by_kind("aware", "state", "share", "aware of the crisis", "知晓率"),
    *_by_kind("declared", "state", "share", "declared a boycott", "宣布抵制"),
    *_by_kind("unfollowed", "state", "share", "unfollowed the brand", "取消关注"),
    *_by_kind("sold", "state", "share", "sold a device", "出售设备", _OWNERS),
    *_by_kind("exited", "state", "share", "left the brand", "实际流失", _OWNERS),
    *_by_kind("visits", "state", "share", "visits made, over the usual", "到店或下单比例", _OWNERS),
    Series("heat", "state", "heat", "platform heat", "平台热度"),
    Series("list_heat", "state", "heat", "heat of listed hashtags", "在榜话题热度"),
    Series("list_level", "state", "hashtags", "exposure of listed hashtags", "热搜曝光强度"),
    Series(
        "list_level_governance", "state", "hashtags", "the same, governance", "热搜曝光强度(治理)"
    ),
    Series("n_listed", "state", "hashtags", "hashtags on the trending list", "在榜话题数"),
    Series("reads", "flow", "views/step", "trending-list views", "热搜阅读量"),
    Series("credibility", "state", "share", "credibility of the evidence", "证据可信度"),
    Series("novelty_deal", "state", "share", "novelty of the deal", "合作话题新鲜度"),
    Series("novelty_governance", "state", "share", "novelty of governance", "治理话题新鲜度"),
    Series("grievance_deal", "state", "share", "the deal as a fresh grievance", "合作话题的新怨气"),
    Series(
        "grievance_governance",
        "state",
        "share",
        "governance as a fresh grievance",
        "治理话题的新怨气",
    ),
    Series("unanswered", "state", "share", "how open the question is to fans", "粉丝疑问未解程度"),
    Series("belonging", "state", "share", "core fans feel that they belong", "核心粉丝的归属感"),
    Series("mention_z", "state", "sd", "mention excess seen by the PR team", "舆情监测偏离"),
    Series("detected", "state", "0/1", "the PR team has noticed", "公关已察觉"),
    Series("price_hkd", "price", "HKD", "share price", "股价"),
    Series("in_session", "state", "0/1", "the exchange is open", "交易时段"),
    Series("morale", "state", "share", "staff morale", "员工士气"),
    Series("legal_hkd", "state", "HKD", "expected legal cost", "预期法律成本"),
    Series("cash_hkd", "state", "HKD", "cash spent", "现金支出"),
)
#: Cash and cost in HKD: not a number in a case whose money is another, or not known. The price
#: (`price_hkd`) is not a number where a case has no market.
MONEY_SERIES = ("legal_hkd", "cash_hkd")
INDEX = {series.name: position for position, series in enumerate(SERIES)}


@dataclass(frozen=True, order=True)
class LogEntry:
    """Something that happened: when, what, who or which, and a number that belongs to it.

    kind is one of forcing, action, kol_exit, mock, list_entry, list_exit, detection,
    second_wave, broken_promise, silence, question, found_out, listed (the heat of a listed
    hashtag, once an hour), press (a third party).
    """

    step: int  #: of the run, burn-in included
    kind: str
    who: str  #: a name: of an event, an act, a leader, a hashtag
    value: float = 0.0


@dataclass(frozen=True)
class Run:
    """One finished run: what was asked, and all that was recorded of it.

    It is what the store keeps and what outcomes are made of. Which engine computed it is told, and
    makes no difference to anything else.

    >>> import sim
    >>> run = sim.simulate(sim.compose(["response=none", "population=classroom"]))
    >>> frame = run.to_frame()                    # a row a step, a column a series
    >>> list(frame.columns[:3]), frame.index.name
    (['posts_core', 'posts_customer', 'posts_public'], 'time')
    >>> run.log[0].kind                           # what happened, in the order of time
    'forcing'
    """

    name: str  #: digest of what was asked
    asked: Mapping[str, Any]  #: everything that can change a bit of the result
    seed: int  #: of all its draws
    engine: str  #: columnar or mesa
    clock: Clock
    series: Mapping[str, npt.NDArray[np.float32]]  #: [n_steps] by name
    log: tuple[LogEntry, ...]  #: in the order of time
    weights: Mapping[str, float]  #: real share of each kind
    n_people: Mapping[str, int]  #: simulated people of each kind
    trust_start: Mapping[str, float]  #: mean initial trust of each kind

    def __repr__(self) -> str:
        """What was asked, and not the thousands of numbers that came of it."""
        asked = self.asked
        told = f"case={asked['case']['name']!r}, response={asked['response']['name']!r}"
        return f"Run({told}, seed={self.seed}, name={self.name!r})"

    def _repr_html_(self) -> str | None:
        """The run as a notebook shows it, where somebody shows runs (`import backlash`)."""
        show = shower("html")
        return None if show is None else str(show(self))

    def plot(self, lang: str = "en") -> Figure:
        """Outrage, trust and heat over time, with events and acts: a Matplotlib figure.

        lang : en or zh. `run.plot().savefig("run.png")` keeps it. Raises RuntimeError where only
        the simulator was imported: `import backlash` brings the figures.

        >>> import backlash
        >>> run = backlash.simulate(backlash.compose(["population=classroom"]))
        >>> len(run.plot().axes)
        3
        """
        return figure_of([self], lang)

    @property
    def altered(self) -> bool:
        """Whether something was done to the model, so that this is not the run of its config."""
        return "altered" in self.asked

    def weighted(self, name: str) -> npt.NDArray[np.float64]:
        """A series `name_<kind>` averaged over kinds by their real shares, float64[n_steps]."""
        total = np.zeros(self.clock.n_steps)
        for kind in KINDS:
            if f"{name}_{kind}" in self.series:
                total += self.weights[kind] * self.series[f"{name}_{kind}"].astype(np.float64)
        return total

    def to_frame(self) -> pd.DataFrame:
        """All series as columns, indexed by time in the zone of the case."""
        import pandas as pd

        times = [self.clock.moment_of(step) for step in range(self.clock.n_steps)]
        index = pd.to_datetime(times, utc=True).tz_convert(self.clock.time_zone)
        return pd.DataFrame(dict(self.series), index=index.rename("time"))

    def coarser(self, hours: int) -> dict[str, npt.NDArray[np.float64]]:
        """All series on a grid of so many hours, float64[n_steps / steps a window] each.

        Flows are sums over a window, states and prices those of its last step. Raises ValueError
        where the last window would not be whole.
        """
        width = round(hours / self.clock.dt_h)
        return {item.name: item.over(self.series[item.name], width) for item in SERIES}
