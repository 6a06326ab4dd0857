"""Erlang-A for every half hour of the day, as somebody who plans a call centre would ask it.

Half hours of like days are taken together (Sunday to Thursday, Friday, Saturday): the calls, the
agents and the handling time that were there on average, as a queue in its steady state, everybody
equal and able to take any call, and first come, first served. Between two whole numbers of agents
lies the weighted mean of their results. `separate` asks it of every half hour by itself instead,
where what was chance in the day counts as if it had been the rule.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import floor

from benchmarks.call_center.bank_log import FIRST_DAY
from benchmarks.call_center.calls import Caller, CustomerClass
from benchmarks.call_center.erlang_a import ErlangA
from benchmarks.call_center.outcomes import HALF_HOUR_MS, SLOTS
from benchmarks.call_center.workload import Workload

_FRIDAY, _SATURDAY = 4, 5
Period = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What Erlang-A expects of some callers: sums, so that they can be added up."""

    calls: float = 0.0
    wait_s: float = 0.0
    abandoned: float = 0.0
    waited: float = 0.0

    def plus(self, other: "Expected") -> "Expected":
        """Of both."""
        return Expected(
            calls=self.calls + other.calls,
            wait_s=self.wait_s + other.wait_s,
            abandoned=self.abandoned + other.abandoned,
            waited=self.waited + other.waited,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Half hours taken together: which of the day, agents on average, what each class expects."""

    slot: int
    agents: float
    expected: Mapping[CustomerClass, Expected]


@dataclass(slots=True)
class _Load:
    half_hours: set[int] = field(default_factory=set)
    callers: list[Caller] = field(default_factory=list)


def of_like_days(half_hour: int) -> Period:
    """The half hour of the day, by kind of day."""
    weekday = (FIRST_DAY + timedelta(days=half_hour // SLOTS)).weekday()
    kind = {_FRIDAY: "friday", _SATURDAY: "saturday"}.get(weekday, "working day")
    return kind, half_hour % SLOTS


def separate(half_hour: int) -> Period:
    """Every half hour of the month by itself."""
    return f"day {half_hour // SLOTS}", half_hour % SLOTS


def expect(workload: Workload, period_of: Callable[[int], Period] = of_like_days) -> list[Interval]:
    """Erlang-A for each period in which anybody called.

    Days without any call are days without data, and count in no average.
    """
    loads: dict[Period, _Load] = defaultdict(_Load)
    days = sorted({caller.arrives_ms // HALF_HOUR_MS // SLOTS for caller in workload.callers})
    for half_hour in (day * SLOTS + slot for day in days for slot in range(SLOTS)):
        loads[period_of(half_hour)].half_hours.add(half_hour)
    for caller in workload.callers:
        loads[period_of(caller.arrives_ms // HALF_HOUR_MS)].callers.append(caller)
    return [
        _interval(load, slot=slot, workload=workload)
        for (_, slot), load in sorted(loads.items())
        if load.callers
    ]


def total(intervals: Sequence[Interval]) -> dict[CustomerClass | None, Expected]:
    """The whole month by class, and under None everybody."""
    found: dict[CustomerClass | None, Expected] = dict.fromkeys((None, *CustomerClass), Expected())
    for interval in intervals:
        for customer_class, expected in interval.expected.items():
            found[customer_class] = found[customer_class].plus(expected)
            found[None] = found[None].plus(expected)
    return found


def _interval(load: _Load, *, slot: int, workload: Workload) -> Interval:
    count, classes = len(load.callers), Counter(one.customer_class for one in load.callers)
    rates = {which: 1_000 * workload.patience[which].rate_per_ms for which in classes}
    agents = sum(
        workload.staffing.agents_between(one * HALF_HOUR_MS, (one + 1) * HALF_HOUR_MS)
        for one in sorted(load.half_hours)
    ) / len(load.half_hours)
    handling_ms = sum(caller.handling_ms for caller in load.callers) / count
    found = dict.fromkeys(classes, Expected())
    for whole, weight in _neighbours(agents):
        queue = ErlangA(
            agents=whole,
            arrivals=count / len(load.half_hours) / (HALF_HOUR_MS / 1_000),
            services=1_000 / max(handling_ms, 1_000),
            hang_ups=sum(rates[which] * calls for which, calls in classes.items()) / count,
        )
        for which, calls in classes.items():
            expected = _of_class(queue, rate=rates[which], calls=weight * calls)
            found[which] = found[which].plus(expected)
    return Interval(slot=slot, agents=agents, expected=found)


def _of_class(queue: ErlangA, *, rate: float, calls: float) -> Expected:
    meets = queue.for_rate(rate)
    return Expected(
        calls=calls,
        wait_s=calls * meets.mean_wait_s,
        abandoned=calls * meets.abandonment,
        waited=calls * queue.wait_probability,
    )


def _neighbours(agents: float) -> Iterator[tuple[int, float]]:
    """The whole numbers on both sides with their weights; one of them when it is whole."""
    below = floor(agents)
    share = agents - below
    yield below, 1 - share
    if share > 0:
        yield below + 1, share
