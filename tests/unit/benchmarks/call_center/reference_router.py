"""The smallest router that can be right: one list of callers, one of free agents, no engine.

Longest virtual wait first, to the longest idle agent who has the skill. For tests alone.
"""

from collections.abc import Mapping, Sequence

from benchmarks.call_center.calls import Caller, CustomerClass
from benchmarks.call_center.replay import Answer


class ReferenceRouter:
    """First come, first served, with a head start by class and a skill per call type."""

    def __init__(
        self,
        *,
        skills: Mapping[str, frozenset[str]] | None = None,
        credit_ms: Mapping[CustomerClass, int] | None = None,
    ) -> None:
        self._skills = skills
        self._credit_ms = credit_ms or {}
        self._waiting: list[tuple[int, int, Caller]] = []
        self._idle: list[tuple[int, str]] = []
        self._present: set[str] = set()
        self._busy: set[str] = set()
        self._arrivals = 0

    def agent_comes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:
        """Free unless still in a call."""
        self._present.add(agent_id)
        if agent_id in self._busy:
            return ()
        self._idle.append((now_ms, agent_id))
        return self._match()

    def agent_goes(self, agent_id: str, *, now_ms: int) -> Sequence[Answer]:  # noqa: ARG002
        """No longer free."""
        self._present.discard(agent_id)
        self._idle = [idle for idle in self._idle if idle[1] != agent_id]
        return ()

    def call_arrives(self, caller: Caller, *, now_ms: int) -> Sequence[Answer]:
        """Stands in line with its head start."""
        self._arrivals += 1
        virtual_ms = now_ms - self._credit_ms.get(caller.customer_class, 0)
        self._waiting.append((virtual_ms, self._arrivals, caller))
        return self._match()

    def caller_hangs_up(self, call_id: str, *, now_ms: int) -> Sequence[Answer]:  # noqa: ARG002
        """Leaves the line."""
        self._waiting = [one for one in self._waiting if one[2].call_id != call_id]
        return ()

    def call_ends(self, answer: Answer, *, now_ms: int) -> Sequence[Answer]:
        """The agent is free again, if still there."""
        self._busy.discard(answer.agent_id)
        if answer.agent_id not in self._present:
            return ()
        self._idle.append((now_ms, answer.agent_id))
        return self._match()

    def wakes_at_ms(self) -> int | None:
        """Never."""
        return None

    def wake(self, *, now_ms: int) -> Sequence[Answer]:
        """Never."""
        raise AssertionError(f"woken at {now_ms}")

    def _match(self) -> list[Answer]:
        answers = []
        for place in sorted(self._waiting, key=lambda one: one[:2]):
            idle = next((one for one in sorted(self._idle) if self._can(one[1], place[2])), None)
            if idle is not None:
                self._idle.remove(idle)
                self._waiting.remove(place)
                self._busy.add(idle[1])
                answers.append(Answer(place[2].call_id, idle[1]))
            elif not self._idle:
                break
        return answers

    def _can(self, agent_id: str, caller: Caller) -> bool:
        return self._skills is None or caller.call_type in self._skills[agent_id]
