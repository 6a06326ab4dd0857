"""Where work meets people: queued items are offered, free agents are given what waits.

Whatever puts an item into a line or frees capacity ends here, and goes on until nobody waits
beside a free agent (R10).
"""

from itertools import islice

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import OfferMode, QueueingReason
from libs.common.contracts.terms import WorkItemState as S
from libs.common.identifiers import reservation_id_of
from services.router.core.capacity import Idle
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.matching import (
    RUNNERS_UP_MAX,
    agents_for,
    all_have_refused,
    explain,
    item_for,
)
from services.router.core.turn import Turn

REFUSED_ITEMS_EXAMINED_MAX = 64


def place_item(turn: Turn, item: WorkItem) -> None:
    """Offer a queued item to the best agent, forgetting refusals when all have refused."""
    index = turn.state.index_of((item.tenant_id, item.desk_id))
    if item.refusals and all_have_refused(index, item):
        forget_refusals(turn, item, tuple(agent_id for agent_id, _ in item.refusals))
    ranking = agents_for(index, item)
    if ranking:
        _offer(turn, item, ranking)


def fill_agent(turn: Turn, agent: Agent) -> None:
    """Give a free agent what waits: first what is held for this agent, then the lines."""
    _resume_held(turn, agent)
    while (item := item_for(turn.state, agent)) is not None:
        index = turn.state.index_of((agent.tenant_id, agent.desk_id))
        others = [idle for idle in agents_for(index, item) if idle.agent_id != agent.agent_id]
        _offer(turn, item, [Idle(agent.idle_since_ms, agent.agent_id), *others[:RUNNERS_UP_MAX]])


def queue_again(
    turn: Turn,
    item: WorkItem,
    *,
    reason: QueueingReason,
    queue_id: str | None = None,
    by_agent_id: str | None = None,
    note: str = "",
) -> None:
    """Put an item back into a line with its old virtual time (R5), and offer it at once."""
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    target = _queue_or_default(turn, desk, queue_id or item.queue_id)
    moved = target != item.queue_id
    requires = dict(turn.state.index_of(desk.key).queues[target].requires)
    turn.emit(
        d.WorkItemQueued(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=target,
            requires=requires if moved else item.requires,
            channel=item.channel,
            weight=item.weight,
            strict_class=item.strict_class,
            virtual_time_ms=item.virtual_time_ms,
            sequence=item.sequence,
            reason=reason,
            rule_id=item.rule_id,
            configuration_version=desk.version,
            note=note,
            by_agent_id=by_agent_id,
        )
    )
    place_item(turn, item)


def _queue_or_default(turn: Turn, desk: Desk, queue_id: str) -> str:
    """The item's queue, or where the configuration sends work of a queue that it removed."""
    if queue_id in turn.state.index_of(desk.key).queues:
        return queue_id
    return desk.configuration.migrate_to.get(queue_id, desk.configuration.default.queue)


def place_deserted_items(turn: Turn, desk: Desk) -> None:
    """Items whose last agent who had not refused has gone or refused may go round again (R12).

    Bounded (R2): what lies beyond is looked at when its refusals expire.
    """
    index = turn.state.index_of(desk.key)
    for work_item_id in list(islice(index.refused_items, REFUSED_ITEMS_EXAMINED_MAX)):
        item = turn.state.need(WorkItem, work_item_id)
        if all_have_refused(index, item):
            place_item(turn, item)


def forget_refusals(turn: Turn, item: WorkItem, agent_ids: tuple[str, ...]) -> None:
    """These agents may be asked again."""
    turn.emit(
        d.RefusalsForgotten(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            agent_ids=agent_ids,
        )
    )


def _offer(turn: Turn, item: WorkItem, ranking: list[Idle]) -> None:
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    queue = turn.state.index_of(desk.key).queues[item.queue_id]
    turn.emit(
        d.ReservationOpened(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            reservation_id=reservation_id_of(item.work_item_id, item.offers + 1),
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            agent_id=ranking[0].agent_id,
            channel=item.channel,
            weight=item.weight,
            expires_at_ms=turn.now_ms + queue.offer.timeout_s * 1_000,
            why=explain(turn.state, desk, item, ranking),
        )
    )
    if queue.offer.mode is OfferMode.DIRECT:
        assign(turn, item)


def assign(turn: Turn, item: WorkItem) -> None:
    """The reservation is accepted: the agent owns the conversation."""
    turn.emit(
        d.WorkItemAssigned(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            reservation_id=item.reservation_id or "",
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=item.queue_id,
            agent_id=item.agent_id or "",
            waited_ms=turn.now_ms - item.waiting_since_ms,
        )
    )


def _resume_held(turn: Turn, agent: Agent) -> None:
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, {})):
        item = turn.state.need(WorkItem, work_item_id)
        if item.state is S.HELD and has_room_to_resume(turn, item):
            resume(turn, item, virtual_time_ms=item.virtual_time_ms)


def has_room_to_resume(turn: Turn, item: WorkItem) -> bool:
    """Whether the owner is present and can carry the item's full weight again (R17)."""
    bench = turn.state.index_of((item.tenant_id, item.desk_id)).bench
    agent = turn.state.need(Agent, item.tenant_id, item.desk_id, item.agent_id or "")
    return agent.is_present and bench.free_units(agent.agent_id) >= item.weight - item.held_units


def resume(turn: Turn, item: WorkItem, *, virtual_time_ms: int) -> None:
    """The owner goes on with a parked or held item."""
    turn.emit(
        d.WorkItemResumed(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=item.agent_id or "",
            virtual_time_ms=virtual_time_ms,
        )
    )
