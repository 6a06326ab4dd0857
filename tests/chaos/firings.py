"""What fell due on the desks that promise, judged from the decision log alone: each key exactly
once, none lost, none after the answer, and in time.

When something is due is counted here, from the engine time at which a conversation began. Lateness
is engine time, which is the broker's (R1), so it holds the outage too. How late a firing is apart
from the outage is that without the time in which its partition stood still: from the last counted
record of an epoch to the first of the next.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from libs.common.contracts import decisions as d
from tests.chaos.handovers import Handover, handovers
from tests.chaos.promised import AGAIN_S, AT_RISK_MS, DUE_MS, LEVELS, OF_WAITING, REPEATED
from tests.e2e.checker import Finding
from tests.e2e.checker.history import History, PlacedDecision

LATE_MS_MAX = 5_000
RISK, BREACH = "at risk", "breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """Something that was due and fired; `apart_ms` is its lateness apart from the outage."""

    name: str
    late_ms: int
    apart_ms: int


@dataclass(slots=True, kw_only=True)
class Promise:
    """One conversation: what is due when, what of it fired, and since when nothing may."""

    partition: int
    due_ms: dict[str, int]
    fired_ms: dict[str, int] = field(default_factory=dict)
    over_ms: int | None = None
    taken_ms: int | None = None

    def end_ms(self, name: str) -> int | None:
        """The engine time from which on this must not fire any more."""
        is_of_waiting = name == _level(OF_WAITING, 0)
        return self.taken_ms if is_of_waiting and self.taken_ms is not None else self.over_ms


def what_is_due_fires_once_and_in_time(history: History) -> Iterator[Finding]:
    """The rule (R26, I6)."""
    judged = _Judged(history)
    yield from judged.findings


def firings(history: History) -> list[Firing]:
    """All firings of a run with how late they were."""
    return _Judged(history).firings


class _Judged:
    """One look at all decisions, in log order."""

    def __init__(self, history: History) -> None:
        self.findings: list[Finding] = []
        self.firings: list[Firing] = []
        self._promises: dict[str, Promise] = {}
        self._still = _standstills(history)
        for placed in history.decisions:
            self._look(placed)
        for conversation_id, promise in self._promises.items():
            self._look_for_lost(conversation_id, promise)

    def _look(self, placed: PlacedDecision) -> None:
        decision, now_ms = placed.decision, placed.record.now_ms
        if isinstance(decision, d.SlaStarted):
            self._promises[decision.conversation_id] = Promise(
                partition=placed.counted.partition, due_ms=_due(now_ms)
            )
        promise = self._promises.get(getattr(decision, "conversation_id", ""))
        if promise is not None:
            self._look_for_firings(placed, promise)
            _look_for_end(promise, decision, now_ms)

    def _look_for_firings(self, placed: PlacedDecision, promise: Promise) -> None:
        match placed.decision:
            case d.SlaAtRisk(cause=cause, at_risk_ms=at_risk_ms):
                if cause == "predicted":
                    # Foreseen by the queue's pace: due when it was said.
                    promise.due_ms[RISK] = promise.due_ms[_level(1, 0)] = placed.record.now_ms
                self._fired(placed, promise, RISK, at_risk_ms)
            case d.SlaBreached(due_ms=due_ms):
                self._fired(placed, promise, BREACH, due_ms)
            case d.EscalationFired() as escalated:
                self._escalated(placed, promise, escalated)
            case _:
                pass

    def _escalated(self, placed: PlacedDecision, promise: Promise, one: d.EscalationFired) -> None:
        self._fired(placed, promise, _level(one.level, one.repeat), one.due_ms)
        if (one.level, one.repeat) == (REPEATED, 0):
            promise.due_ms[_level(REPEATED, 1)] = placed.record.now_ms + 1_000 * AGAIN_S

    def _fired(self, placed: PlacedDecision, promise: Promise, name: str, due_ms: int) -> None:
        now_ms = placed.record.now_ms
        if name in promise.fired_ms:
            self._find("a key fires once", placed.place, f"{name} again")
        if promise.end_ms(name) is not None:
            self._find("nothing fires after the answer", placed.place, name)
        right_ms = promise.due_ms.get(name)
        if right_ms != due_ms or now_ms < due_ms:
            seen = f"{name} due {due_ms}, not {right_ms}, at {now_ms}"
            self._find("what fires is due", placed.place, seen)
        promise.fired_ms[name] = now_ms
        apart_ms = self._apart_ms(promise.partition, due_ms, now_ms)
        self.firings.append(Firing(name=name, late_ms=now_ms - due_ms, apart_ms=apart_ms))
        if apart_ms > LATE_MS_MAX:
            self._find("what is due fires in time", placed.place, f"{name} {apart_ms} ms late")

    def _look_for_lost(self, conversation_id: str, promise: Promise) -> None:
        for name, due_ms in promise.due_ms.items():
            if name in promise.fired_ms:
                continue
            end_ms = promise.end_ms(name)
            if end_ms is None:
                self._find("nothing due is lost", conversation_id, name)
            elif self._apart_ms(promise.partition, due_ms, end_ms) > LATE_MS_MAX:
                self._find("nothing due is lost", conversation_id, f"{name} until the answer")

    def _apart_ms(self, partition: int, due_ms: int, now_ms: int) -> int:
        still_ms = sum(
            max(0, min(now_ms, one.ended_ms) - max(due_ms, one.began_ms))
            for one in self._still[partition]
        )
        return now_ms - due_ms - still_ms

    def _find(self, rule: str, subject: str, seen: str) -> None:
        self.findings.append(Finding(rule=rule, subject=subject, seen=seen))


def _look_for_end(promise: Promise, decision: d.Decision, now_ms: int) -> None:
    match decision:
        case d.WorkItemAssigned():
            promise.taken_ms = now_ms
        case d.ReplyFiled() if decision.agent_id:
            promise.over_ms = now_ms
        case d.ConversationClosed() if promise.over_ms is None:
            promise.over_ms = now_ms
        case _:
            pass


def _due(began_ms: int) -> dict[str, int]:
    levels = {
        _level(number, 0): began_ms + after_ms for number, (*_, after_ms) in enumerate(LEVELS, 1)
    }
    return {RISK: began_ms + AT_RISK_MS, BREACH: began_ms + DUE_MS, **levels}


def _level(number: int, repeat: int) -> str:
    return f"level {number}.{repeat}"


def _standstills(history: History) -> Mapping[int, list[Handover]]:
    found: dict[int, list[Handover]] = defaultdict(list)
    for one in handovers(history.material.decisions):
        found[one.partition].append(one)
    return found
