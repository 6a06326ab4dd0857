"""What a calendar's clock changes: queues that open and close, shifts that begin and end (R25).

A tick looks at whatever is due, and writes into its decision when to look again: nothing is
counted a second time when the log is folded.
"""

from libs.common.calendars import HORIZON_MS, BusinessClock
from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, ShiftPhase
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, QueuePace
from services.router.core.placing import fill_agent, queue_again
from services.router.core.presence import leave, owned_by
from services.router.core.shifts import Shift
from services.router.core.turn import Turn

# The owner talks to the customer, or has them waiting: at the shift's end that is handed over.
# What waits for the customer stays, and is for anybody when they answer.
HANDED_OVER = frozenset({S.ASSIGNED, S.HELD})


def look_at_hours(turn: Turn, pace: QueuePace) -> None:
    """Open or close the queue as its calendar says, and tell when to look again."""
    index = turn.state.index_of((pace.tenant_id, pace.desk_id))
    clock = index.clock_of(pace.queue_id)
    is_open = clock.is_open(turn.now_ms)
    edge_ms = clock.next_closing(turn.now_ms) if is_open else clock.next_opening(turn.now_ms)
    turn.emit(
        d.QueueHoursChanged(
            tenant_id=pace.tenant_id,
            desk_id=pace.desk_id,
            queue_id=pace.queue_id,
            is_open=is_open,
            due_ms=edge_ms or turn.now_ms + HORIZON_MS,
        )
    )


def look_at_shift(turn: Turn, agent: Agent) -> None:
    """Let the agent's shift begin or end; what is handed over may take several ticks (R2)."""
    index = turn.state.index_of((agent.tenant_id, agent.desk_id))
    shift = index.shifts[agent.agent_id]
    phase, due_ms = _phase_at(index.clocks[shift.calendar.calendar_id], shift, turn.now_ms)
    was_present = agent.is_present
    if phase is ShiftPhase.OFF and shift.end.open_work == "hand_over":
        if agent.shift is not ShiftPhase.ENDING:
            _change_shift(turn, agent, ShiftPhase.ENDING, due_ms=turn.now_ms)
        if was_present:
            leave(turn, agent)
        if not _hand_over(turn, agent):
            return
        was_present = False
    _change_shift(turn, agent, phase, due_ms=due_ms)
    if was_present and not agent.is_present:
        leave(turn, agent)
    elif agent.is_present and not was_present:
        fill_agent(turn, agent)


def _phase_at(clock: BusinessClock, shift: Shift, now_ms: int) -> tuple[ShiftPhase, int]:
    """Where the shift stands, and when that changes."""
    if not clock.is_open(now_ms):
        opening_ms = _next_opening(clock, now_ms)
        is_break = _is_break(clock, now_ms, opening_ms)
        return (ShiftPhase.BREAK if is_break else ShiftPhase.OFF), opening_ms
    closing_ms = clock.next_closing(now_ms)
    if closing_ms is None:
        return ShiftPhase.ON, now_ms + HORIZON_MS
    if _is_break(clock, closing_ms, _next_opening(clock, closing_ms)):
        return ShiftPhase.ON, closing_ms
    ending_ms = closing_ms - 1_000 * shift.end.nothing_new_before_end_s
    return (ShiftPhase.ON, ending_ms) if now_ms < ending_ms else (ShiftPhase.ENDING, closing_ms)


def _next_opening(clock: BusinessClock, at_ms: int) -> int:
    return clock.next_opening(at_ms) or at_ms + HORIZON_MS


def _is_break(clock: BusinessClock, closed_ms: int, opening_ms: int) -> bool:
    """Whether the shift goes on the same local day, after hours that it already had that day."""
    closed = clock.local_time(closed_ms)
    midnight = closed.replace(hour=0, minute=0, second=0, microsecond=0)
    had_hours = clock.business_ms_between(int(midnight.timestamp() * 1_000), closed_ms) > 0
    return had_hours and clock.local_time(opening_ms).date() == closed.date()


def _hand_over(turn: Turn, agent: Agent) -> bool:
    """Put what the agent has at hand back into its lines; False when some is left for later."""
    for item in owned_by(turn, agent):
        if item.state in HANDED_OVER:
            if turn.is_full:
                return False
            reason = QueueingReason.SHIFT_ENDED
            queue_again(turn, item, reason=reason, by_agent_id=agent.agent_id)
    return True


def _change_shift(turn: Turn, agent: Agent, phase: ShiftPhase, *, due_ms: int) -> None:
    turn.emit(
        d.AgentShiftChanged(
            tenant_id=agent.tenant_id,
            desk_id=agent.desk_id,
            agent_id=agent.agent_id,
            phase=phase,
            due_ms=due_ms,
        )
    )
