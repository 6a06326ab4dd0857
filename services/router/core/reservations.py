"""Offers as leases: a reservation holds capacity until it is accepted, rejected, due or canceled.

All are decided in log order: an acceptance before the tick that ends the reservation wins, and
what comes later is refused with what became of the reservation, and changes nothing (R14). Of a
broadcast's reservations the first acceptance ends the others in the same record (R15).
"""

from libs.common.contracts.terms import QueueingReason, RefusalReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import work_item_of
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.offering import assign, end_reservation
from services.router.core.placing import fill_agent, queue_again
from services.router.core.turn import Refused, Turn


def accept(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> None:
    """The agent takes the work. Refuses a reservation that is over, or another agent's."""
    assign(turn, _pending(turn, desk, (agent_id, reservation_id)), agent_id)


def reject(turn: Turn, desk: Desk, *, agent_id: str, reservation_id: str) -> None:
    """The agent declines; the item goes on with its old virtual time, once nobody is asked."""
    mine = (agent_id, reservation_id)
    item = _pending(turn, desk, mine)
    end_reservation(turn, item, mine, ReservationOutcome.REJECTED)
    _queue_if_nobody_is_asked(turn, item, QueueingReason.REJECTED)
    fill_agent(turn, turn.state.need(Agent, *desk.key, agent_id))


def cancel_pending(turn: Turn, agent: Agent) -> None:
    """The agent can't be asked any more; what was offered goes to others."""
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, {})):
        item = turn.state.need(WorkItem, work_item_id)
        mine = [one for one in item.offered if one[0] == agent.agent_id]
        for offered in mine:
            end_reservation(turn, item, offered, ReservationOutcome.CANCELED)
            _queue_if_nobody_is_asked(turn, item, QueueingReason.CANCELED)


def end_all(turn: Turn, item: WorkItem, outcome: ReservationOutcome) -> None:
    """Nobody is asked for the item any more; the caller sees to it in the same turn."""
    for offered in list(item.offered):
        end_reservation(turn, item, offered, outcome)


def _queue_if_nobody_is_asked(turn: Turn, item: WorkItem, reason: QueueingReason) -> None:
    if not item.offered:
        queue_again(turn, item, reason=reason)


def _pending(turn: Turn, desk: Desk, mine: tuple[str, str]) -> WorkItem:
    item = turn.state.get(WorkItem, work_item_of(mine[1]))
    if item is None or (item.tenant_id, item.desk_id) != desk.key:
        raise Refused(RefusalReason.RESERVATION_ENDED, subject_id=mine[1], detail="item is gone")
    if item.state is not S.RESERVED or mine not in item.offered:
        detail = _what_became_of(item, mine)
        raise Refused(RefusalReason.RESERVATION_ENDED, subject_id=mine[1], detail=detail)
    return item


def _what_became_of(item: WorkItem, mine: tuple[str, str]) -> str:
    """For the agent who comes too late: who was faster, or what ended it."""
    agent_id, reservation_id = mine
    ended = dict(item.ended_offers).get(reservation_id)
    if ended is not None:
        return ended.value
    if any(reservation_id == other for _, other in item.offered):
        return "offered to another agent"
    return "accepted already" if item.agent_id == agent_id else "no such offer"
