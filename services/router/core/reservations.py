"""Offers as leases: a reservation holds capacity until it is accepted, rejected, due or canceled.

All are decided in log order: an acceptance before the tick that ends the reservation wins, and
what comes later is refused and changes nothing (R14).
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, RefusalReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import work_item_of
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.placing import assign, fill_agent, queue_again
from services.router.core.turn import Refused, Turn


def accept(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> None:
    """The agent takes the work. Refuses a reservation that is over, or another agent's."""
    assign(turn, _pending(turn, desk, agent_id=agent_id, reservation_id=reservation_id))


def reject(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> None:
    """The agent declines; the item goes on with its old virtual time."""
    item = _pending(turn, desk, agent_id=agent_id, reservation_id=reservation_id)
    end(turn, item, ReservationOutcome.REJECTED)
    queue_again(turn, item, reason=QueueingReason.REJECTED)
    fill_agent(turn, turn.state.need(Agent, *desk.key, agent_id))


def cancel_pending(turn: Turn, agent: Agent) -> None:
    """The agent can't be asked any more; what was offered goes to others."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, {})):
        item = turn.state.need(WorkItem, work_item_id)
        if item.state is S.RESERVED:
            end(turn, item, ReservationOutcome.CANCELED)
            queue_again(turn, item, reason=QueueingReason.CANCELED)


def end(turn: Turn, item: WorkItem, outcome: ReservationOutcome) -> None:
    """The reservation is over; the caller queues the item again in the same turn."""
    turn.emit(
        d.ReservationEnded(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            reservation_id=item.reservation_id or "",
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=item.agent_id or "",
            outcome=outcome,
        )
    )


def _pending(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> WorkItem:
    item = turn.state.get(WorkItem, work_item_of(reservation_id))
    if (
        item is None
        or (item.tenant_id, item.desk_id) != desk.key
        or item.reservation_id != reservation_id
        or item.state is not S.RESERVED
        or item.agent_id != agent_id
    ):
        raise Refused(RefusalReason.RESERVATION_ENDED, subject_id=reservation_id)
    return item
