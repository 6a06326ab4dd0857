"""The month as the replay needs it: callers with class, patience and handling time, and shifts.

What the log knows is taken as it is. What it can't know is drawn by a seeded generator: the class
of a caller who did not have to wait (from those of the same type who did), how long an answered
caller would have waited (longer than the real wait, by class), and what a caller who hung up
would have cost an agent (that of an answered call of the same type).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.call_center.calls import Caller, CustomerClass, LoggedCall
from benchmarks.call_center.staffing import Staffing, infer_staffing
from benchmarks.call_center.survival import Survival, estimate_survival

SEED = 1999


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Callers by arrival, the agents' staffing, and each class's patience."""

    callers: tuple[Caller, ...]
    staffing: Staffing
    patience: dict[CustomerClass, Survival]

    @property
    def mean_handling_ms(self) -> float:
        """How long a call keeps an agent, wrap-up included."""
        return sum(caller.handling_ms for caller in self.callers) / len(self.callers)


def make_workload(calls: Sequence[LoggedCall], *, seed: int = SEED) -> Workload:
    """The callers of these calls: the same for the same calls and seed."""
    random = Random(seed)  # noqa: S311 - a seeded replay, not a secret
    staffing = infer_staffing(calls)
    patience = estimate_patience(calls)
    classes = _classes_by_type(calls)
    handling = _handling_by_type(calls, staffing)
    callers = []
    for call in calls:
        customer_class = call.customer_class or random.choice(classes[call.call_type])
        uniform = 1 - random.random()
        donated_ms = random.choice(handling[call.call_type])
        callers.append(
            Caller(
                call_id=call.call_id,
                customer_class=customer_class,
                call_type=call.call_type,
                arrives_ms=call.arrives_ms,
                patience_ms=patience[customer_class].draw_ms(uniform, longer_than_ms=call.wait_ms)
                if call.is_answered
                else call.wait_ms,
                handling_ms=_handling_ms(call, staffing) if call.is_answered else donated_ms,
            )
        )
    return Workload(callers=tuple(callers), staffing=staffing, patience=patience)


def estimate_patience(calls: Sequence[LoggedCall]) -> dict[CustomerClass, Survival]:
    """Each class's patience, from those who had to wait."""
    return {
        customer_class: estimate_survival(
            (call.wait_ms, not call.is_answered)
            for call in calls
            if call.customer_class is customer_class and call.wait_ms > 0
        )
        for customer_class in CustomerClass
    }


def _classes_by_type(calls: Sequence[LoggedCall]) -> dict[str, list[CustomerClass]]:
    """The classes of the callers of each type who waited, as often as they occurred.

    A type that never waited has everybody's.
    """
    found: dict[str, list[CustomerClass]] = {call.call_type: [] for call in calls}
    for call in calls:
        if call.customer_class is not None:
            found[call.call_type].append(call.customer_class)
    everybody = [which for row in found.values() for which in row]
    return {call_type: row or everybody for call_type, row in found.items()}


def _handling_by_type(calls: Sequence[LoggedCall], staffing: Staffing) -> dict[str, list[int]]:
    answered = [call for call in calls if call.is_answered]
    found: dict[str, list[int]] = {call.call_type: [] for call in calls}
    for call in answered:
        found[call.call_type].append(_handling_ms(call, staffing))
    everything = [handling_ms for row in found.values() for handling_ms in row]
    return {call_type: row or everything for call_type, row in found.items()}


def _handling_ms(call: LoggedCall, staffing: Staffing) -> int:
    return call.talk_ms + staffing.wrap_up_ms.get(call.call_id, 0)
