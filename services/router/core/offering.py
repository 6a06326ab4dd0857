"""How an item is offered: reservations opened, and with them the holds that they end.

An offer never looks for anybody: whom to ask was decided before, by the policy or by a hold.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import QueueConfiguration
from libs.common.contracts.terms import HoldKind, OfferMode, ReservationOutcome
from libs.common.identifiers import reservation_id_of
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.explaining import POLICY, explain
from services.router.core.indexing import room_of
from services.router.core.matching import Candidate
from services.router.core.populations import Idle
from services.router.core.turn import Turn


def queue_of(turn: Turn, item: WorkItem) -> QueueConfiguration:
    """The item's queue; the default one while a removed queue's items are still on their way."""
    desk_key = (item.tenant_id, item.desk_id)
    queues = turn.state.index_of(desk_key).queues
    queue = queues.get(item.queue_id)
    if queue is not None:
        return queue
    return queues[turn.state.need(Desk, *desk_key).configuration.default.queue]


def asked_at_once(turn: Turn, item: WorkItem) -> int:
    """How many agents the item's queue asks at the same time (R15)."""
    offer = queue_of(turn, item).offer
    return offer.agents if offer.mode is OfferMode.BROADCAST else 1


def offer(
    turn: Turn,
    item: WorkItem,
    ranking: list[Candidate],
    *,
    chosen_for: str = POLICY,
    balances: dict[str, int] | None = None,
    at_most: int = 1,
) -> None:
    """Ask the first `at_most` of the ranking; with direct offers the first has it at once."""
    chosen, others = ranking[:at_most], ranking[at_most:]
    end_capacity_hold(turn, item, cause="fits")
    queue = queue_of(turn, item)
    for candidate in chosen:
        why = explain(turn.state, item, candidate, others, chosen_for=chosen_for)
        turn.emit(
            d.ReservationOpened(
                tenant_id=item.tenant_id,
                desk_id=item.desk_id,
                reservation_id=reservation_id_of(item.work_item_id, item.offers + 1),
                work_item_id=item.work_item_id,
                conversation_id=item.conversation_id,
                queue_id=item.queue_id,
                agent_id=candidate.agent_id,
                channel=item.channel,
                weight=item.weight,
                expires_at_ms=turn.now_ms + queue.offer.timeout_s * 1_000,
                why=why,
                credits=balances or {},
            )
        )
    if queue.offer.mode is OfferMode.DIRECT:
        assign(turn, item, chosen[0].agent_id)


def as_candidate(agent: Agent) -> Candidate:
    """An agent chosen without a comparison."""
    return Candidate(0, *Idle(agent.idle_since_ms, agent.agent_id))


def has_room(turn: Turn, agent: Agent, item: WorkItem) -> bool:
    """Whether a present, configured agent could carry the item beside what they have."""
    index = turn.state.index_of((agent.tenant_id, agent.desk_id))
    if not agent.is_present or agent.agent_id not in index.profiles.of_agent:
        return False
    kind = index.kinds.kind_of(item.channel, item.weight)
    return bool(room_of(turn.state, agent) & kind.bit)


def assign(turn: Turn, item: WorkItem, agent_id: str) -> None:
    """The agent's reservation is accepted: the other ones end, and the agent is the owner."""
    mine = next(one for one in item.offered if one[0] == agent_id)
    for other in [one for one in item.offered if one != mine]:
        end_reservation(turn, item, other, ReservationOutcome.CANCELED)
        turn.free((item.tenant_id, item.desk_id, other[0]))
    turn.emit(
        d.WorkItemAssigned(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            reservation_id=mine[1],
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            agent_id=agent_id,
            waited_ms=turn.now_ms - item.waiting_since_ms,
        )
    )


def end_reservation(
    turn: Turn, item: WorkItem, offered: tuple[str, str], outcome: ReservationOutcome
) -> None:
    """One agent is no longer asked; the caller sees to the item and to the agent."""
    agent_id, reservation_id = offered
    turn.emit(
        d.ReservationEnded(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            reservation_id=reservation_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            outcome=outcome,
        )
    )


def open_hold(
    turn: Turn, item: WorkItem, agent_id: str, kind: HoldKind, *, for_s: int | None = None
) -> None:
    """Keep the item for the agent, or (capacity) the agent for the item."""
    turn.emit(
        d.HoldOpened(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            kind=kind,
            until_ms=turn.now_ms + for_s * 1_000 if for_s is not None else None,
        )
    )


def end_hold(turn: Turn, item: WorkItem, *, cause: str) -> None:
    """The item is no longer kept for its agent, and the caller finds it another."""
    if item.hold_agent_id is not None and item.hold_kind is not None:
        _emit_end(turn, item, item.hold_agent_id, item.hold_kind, cause)


def end_capacity_hold(turn: Turn, item: WorkItem, *, cause: str) -> None:
    """The agent who was kept for the item is free for others, and will be given what waits."""
    if item.capacity_agent_id is not None:
        turn.free((item.tenant_id, item.desk_id, item.capacity_agent_id))
        _emit_end(turn, item, item.capacity_agent_id, HoldKind.CAPACITY, cause)


def _emit_end(turn: Turn, item: WorkItem, agent_id: str, kind: HoldKind, cause: str) -> None:
    turn.emit(
        d.HoldEnded(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            kind=kind,
            cause=cause,
        )
    )
