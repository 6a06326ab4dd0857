"""What a set of callers met, summed up: by class, and by the time of day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.call_center.calls import CustomerClass, Fate, LoggedCall
from benchmarks.call_center.workload import Workload
from benchmarks.figures import percentile

HALF_HOUR_MS = 1_800_000
SLOTS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Waits in seconds and shares of the calls; NaN where nothing was measured.

    All figures but the last two are of everybody; those are of whoever had to wait at all.
    """

    calls: int
    mean_wait_s: float
    abandoned: float
    waited: float
    p90_wait_s: float
    mean_wait_of_waiters_s: float
    abandoned_of_waiters: float


def logged_fates(calls: Sequence[LoggedCall], workload: Workload) -> list[Fate]:
    """What the log says became of everybody; unknown classes are those that the replay uses."""
    classes = {caller.call_id: caller.customer_class for caller in workload.callers}
    return [
        Fate(
            call_id=call.call_id,
            customer_class=classes[call.call_id],
            arrives_ms=call.arrives_ms,
            wait_ms=call.wait_ms,
            agent_id=(call.agent_id or "unnamed") if call.is_answered else None,
        )
        for call in calls
    ]


def summarise(fates: Iterable[Fate]) -> Summary:
    """These callers together."""
    listed = list(fates)
    waiters = [fate for fate in listed if fate.wait_ms > 0]
    return Summary(
        calls=len(listed),
        mean_wait_s=_mean(fate.wait_ms / 1_000 for fate in listed),
        abandoned=_mean(float(fate.is_abandoned) for fate in listed),
        waited=len(waiters) / len(listed) if listed else float("nan"),
        p90_wait_s=percentile([fate.wait_ms / 1_000 for fate in listed], 0.9),
        mean_wait_of_waiters_s=_mean(fate.wait_ms / 1_000 for fate in waiters),
        abandoned_of_waiters=_mean(float(fate.is_abandoned) for fate in waiters),
    )


def by_class(fates: Sequence[Fate]) -> dict[CustomerClass | None, Summary]:
    """Each class, and under None everybody."""
    found: dict[CustomerClass | None, Summary] = {None: summarise(fates)}
    for customer_class in CustomerClass:
        found[customer_class] = summarise(
            fate for fate in fates if fate.customer_class is customer_class
        )
    return found


def wait_by_slot(fates: Iterable[Fate]) -> dict[int, float]:
    """The mean wait in seconds by half hour of the day in which the caller arrived."""
    slots: dict[int, list[float]] = {}
    for fate in fates:
        slot = fate.arrives_ms // HALF_HOUR_MS % SLOTS
        slots.setdefault(slot, []).append(fate.wait_ms / 1_000)
    return {slot: fmean(waits) for slot, waits in sorted(slots.items())}


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return fmean(listed) if listed else float("nan")
