"""Who was there, with which skills, and what each call cost beside the talk: read from the log.

The log says when an agent talked and nothing of pauses. What it does prove: an agent who was silent
while somebody waited for a skill that this agent has was not there to be asked. So the silence
after a call, up to the last moment at which such a caller waited, is

- the call's own *wrap-up*, if it is at most `WRAP_UP_MS_MAX`;
- an absence, if it is longer.

A silence beyond `SILENCE_MS_MAX` is an absence in any case. Waits shorter than `RING_MS` prove
nothing: it took that long to ring. The first `RING_MS` of a silence always belong to the call.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.call_center.calls import LoggedCall, Shift

WRAP_UP_MS_MAX = 300_000
SILENCE_MS_MAX = 3_600_000
RING_MS = 5_000
# Fewer answered calls of a type than this were answered by accident.
CALLS_OF_A_SKILL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Shifts by time; each agent's call types; each answered call's wrap-up in milliseconds."""

    shifts: tuple[Shift, ...]
    skills: Mapping[str, frozenset[str]]
    wrap_up_ms: Mapping[str, int]

    def agents_between(self, from_ms: int, to_ms: int) -> float:
        """How many agents were there on average."""
        present_ms = sum(
            max(0, min(shift.to_ms, to_ms) - max(shift.from_ms, from_ms)) for shift in self.shifts
        )
        return present_ms / (to_ms - from_ms)


def infer_staffing(calls: Sequence[LoggedCall]) -> Staffing:
    """What the log proves about the agents of these calls."""
    skills = _skills(calls)
    waits = {known: _Waits(calls, known) for known in sorted(set(skills.values()), key=sorted)}
    shifts: list[Shift] = []
    wrap_up_ms: dict[str, int] = {}
    for agent_id, known in sorted(skills.items()):
        talks = sorted(
            (call for call in calls if call.agent_id == agent_id),
            key=lambda call: (call.answered_ms, call.call_id),
        )
        stretches = _stretches(talks, waits[known], wrap_up_ms)
        shifts += [
            Shift(agent_id=agent_id, from_ms=begins, to_ms=ends) for begins, ends in stretches
        ]
    shifts.sort(key=lambda shift: (shift.from_ms, shift.agent_id))
    return Staffing(shifts=tuple(shifts), skills=skills, wrap_up_ms=wrap_up_ms)


def _skills(calls: Sequence[LoggedCall]) -> dict[str, frozenset[str]]:
    answered: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for call in calls:
        if call.agent_id is not None:
            answered[call.agent_id][call.call_type] += 1
    return {
        agent_id: frozenset(
            call_type for call_type, count in by_type.items() if count >= CALLS_OF_A_SKILL
        )
        or frozenset(by_type)
        for agent_id, by_type in answered.items()
    }


def _stretches(
    talks: Sequence[LoggedCall], waits: "_Waits", wrap_up_ms: dict[str, int]
) -> list[tuple[int, int]]:
    """The agent's stretches of presence; notes the wrap-up of each call on the way."""
    begins = talks[0].answered_ms
    stretches = []
    ends = begins
    for call, following in pairwise([*talks, None]):
        if call is None:
            break
        ends = max(ends, call.answered_ms + call.talk_ms)
        if following is None:
            break
        silent_ms = following.answered_ms - ends
        proven_ms = waits.last_before(following.answered_ms, after_ms=ends) - ends
        wrap_up_ms[call.call_id] = max(0, min(silent_ms, RING_MS))
        if silent_ms > SILENCE_MS_MAX:
            stretches.append((begins, ends))
            begins = following.answered_ms
        elif proven_ms > WRAP_UP_MS_MAX:
            stretches.append((begins, ends))
            begins = ends + proven_ms
        elif proven_ms > 0:
            wrap_up_ms[call.call_id] = max(proven_ms, wrap_up_ms[call.call_id])
    return [*stretches, (begins, ends)]


class _Waits:
    """The times in which somebody waited for one of these skills, merged."""

    def __init__(self, calls: Iterable[LoggedCall], skills: frozenset[str]) -> None:
        self._from: list[int] = []
        self._to: list[int] = []
        for call in calls:
            if call.call_type not in skills or call.wait_ms <= RING_MS:
                continue
            if self._to and call.arrives_ms <= self._to[-1]:
                self._to[-1] = max(self._to[-1], call.answered_ms)
            else:
                self._from.append(call.arrives_ms)
                self._to.append(call.answered_ms)

    def last_before(self, before_ms: int, *, after_ms: int) -> int:
        """The last moment within that span at which somebody waited; its begin if nobody did."""
        place = bisect_left(self._from, before_ms) - 1
        if place < 0:
            return after_ms
        return max(after_ms, min(self._to[place], before_ms))
