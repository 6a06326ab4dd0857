"""Plays a workload to a router: who arrives, hangs up, comes and goes, in one fixed order.

Nothing here decides anything. The router answers each happening with the calls that it gives to
agents; the replay makes them last as long as they last. Same workload and router, same fates.
"""

import heapq
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol

from benchmarks.call_center.calls import Caller, Fate, Shift


class Answer(NamedTuple):
    """The router gave this call to this agent."""

    call_id: str
    agent_id: str


class Router(Protocol):
    """What the replay drives. Times never go back; each happening returns the calls it placed."""

    def agent_comes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:
        """The agent may be given calls from now on."""

    def agent_goes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:
        """The agent is given no more; a call that lasts is finished."""

    def call_arrives(self, caller: Caller, *, now_ms: int) -> Sequence[Answer]:
        """Somebody asks for an agent."""

    def caller_hangs_up(self, call_id: str, *, now_ms: int) -> Sequence[Answer]:
        """A waiting caller is gone."""

    def call_ends(self, answer: Answer, *, now_ms: int) -> Sequence[Answer]:
        """The agent is done with the call and all work after it."""

    def wakes_at_ms(self) -> int | None:
        """When the router next wants to be woken; None when it waits for happenings alone."""

    def wake(self, *, now_ms: int) -> Sequence[Answer]:
        """That time has come."""


class _Kind(IntEnum):
    """What happens first at one time: whoever becomes free meets whoever is about to leave."""

    CALL_ENDS = 0
    AGENT_COMES = 1
    WAKE = 2
    CALL_ARRIVES = 3
    HANG_UP = 4
    AGENT_GOES = 5


class _Happening(NamedTuple):
    at_ms: int
    kind: _Kind
    subject_id: str
    agent_id: str = ""


class Replay:
    """One run of a workload through one router."""

    def __init__(self, callers: Iterable[Caller], shifts: Iterable[Shift], router: Router) -> None:
        self._callers = {caller.call_id: caller for caller in callers}
        self._router = router
        self._fates: dict[str, Fate] = {}
        self._happenings = [
            _Happening(caller.arrives_ms, _Kind.CALL_ARRIVES, call_id)
            for call_id, caller in self._callers.items()
        ]
        for shift in shifts:
            self._happenings.append(_Happening(shift.from_ms, _Kind.AGENT_COMES, shift.agent_id))
            self._happenings.append(_Happening(shift.to_ms, _Kind.AGENT_GOES, shift.agent_id))
        heapq.heapify(self._happenings)

    def run(self) -> list[Fate]:
        """What became of everybody, by arrival. Raises ValueError for an impossible answer."""
        while len(self._fates) < len(self._callers):
            happening = self._next()
            for answer in self._tell(happening):
                self._take(answer, now_ms=happening.at_ms)
        return sorted(self._fates.values(), key=lambda fate: (fate.arrives_ms, fate.call_id))

    def _next(self) -> _Happening:
        first = self._happenings[0]
        wakes_ms = self._router.wakes_at_ms()
        if wakes_ms is not None:
            wake = _Happening(wakes_ms, _Kind.WAKE, "")
            if wake < first:
                return wake
        return heapq.heappop(self._happenings)

    def _tell(self, happening: _Happening) -> Sequence[Answer]:
        now_ms, subject_id = happening.at_ms, happening.subject_id
        match happening.kind:
            case _Kind.CALL_ENDS:
                answer = Answer(subject_id, happening.agent_id)
                return self._router.call_ends(answer, now_ms=now_ms)
            case _Kind.AGENT_COMES:
                return self._router.agent_comes(subject_id, now_ms=now_ms)
            case _Kind.AGENT_GOES:
                return self._router.agent_goes(subject_id, now_ms=now_ms)
            case _Kind.WAKE:
                return self._router.wake(now_ms=now_ms)
            case _Kind.CALL_ARRIVES:
                return self._arrives(self._callers[subject_id])
            case _Kind.HANG_UP:
                return self._hangs_up(self._callers[subject_id])

    def _arrives(self, caller: Caller) -> Sequence[Answer]:
        heapq.heappush(
            self._happenings,
            _Happening(caller.arrives_ms + caller.patience_ms, _Kind.HANG_UP, caller.call_id),
        )
        return self._router.call_arrives(caller, now_ms=caller.arrives_ms)

    def _hangs_up(self, caller: Caller) -> Sequence[Answer]:
        if caller.call_id in self._fates:
            return ()
        self._settle(caller, wait_ms=caller.patience_ms, agent_id=None)
        now_ms = caller.arrives_ms + caller.patience_ms
        return self._router.caller_hangs_up(caller.call_id, now_ms=now_ms)

    def _take(self, answer: Answer, *, now_ms: int) -> None:
        caller = self._callers[answer.call_id]
        if caller.call_id in self._fates:
            raise ValueError(f"call {caller.call_id} was over before {answer.agent_id} got it")
        self._settle(caller, wait_ms=now_ms - caller.arrives_ms, agent_id=answer.agent_id)
        ends_ms = now_ms + caller.handling_ms
        heapq.heappush(
            self._happenings,
            _Happening(ends_ms, _Kind.CALL_ENDS, answer.call_id, answer.agent_id),
        )

    def _settle(self, caller: Caller, *, wait_ms: int, agent_id: str | None) -> None:
        self._fates[caller.call_id] = Fate(
            call_id=caller.call_id,
            customer_class=caller.customer_class,
            arrives_ms=caller.arrives_ms,
            wait_ms=wait_ms,
            agent_id=agent_id,
        )
