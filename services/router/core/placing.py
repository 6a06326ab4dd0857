"""Where work meets people: queued items are offered, free agents are given what waits.

Whatever puts an item into a line or frees capacity ends here, and goes on until nobody waits
beside a free agent (R10).
"""

from itertools import islice

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import HoldKind, QueueingReason
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.keeping import agent_to_keep, passed_over_item_for, suits
from services.router.core.matching import ALL_CLASSES, agents_for, all_have_refused, item_for
from services.router.core.offering import (
    as_candidate,
    asked_at_once,
    end_capacity_hold,
    end_hold,
    has_room,
    offer,
    open_hold,
)
from services.router.core.seating import combined
from services.router.core.stepping import catch_up
from services.router.core.turn import Turn

REFUSED_ITEMS_EXAMINED_MAX = 64
ITEMS_KEPT_FOR_AGENT_MAX = 16
FREED_AGENTS_MAX = 256


def place_item(turn: Turn, item: WorkItem) -> None:
    """Offer a queued item to the best agents, forgetting refusals when all have refused."""
    catch_up(turn, item)
    if item.hold_agent_id is not None:
        return
    index = turn.state.index_of((item.tenant_id, item.desk_id))
    if not index.lines.is_open(item.queue_id):
        return
    if item.refusals and all_have_refused(index, item):
        forget_refusals(turn, item, tuple(agent_id for agent_id, _ in item.refusals))
    _release_who_has_room(turn, item)
    at_most = asked_at_once(turn, item)
    ranking = agents_for(turn.state, item, at_least=at_most)
    if ranking:
        offer(turn, item, ranking, at_most=at_most)
    elif item.is_passed_over:
        keep_an_agent(turn, item)


def _release_who_has_room(turn: Turn, item: WorkItem) -> None:
    """Whoever is kept for the item and could carry it by a new version is one to choose from."""
    if item.capacity_agent_id is not None:
        kept = turn.state.need(Agent, item.tenant_id, item.desk_id, item.capacity_agent_id)
        if has_room(turn, kept, item):
            end_capacity_hold(turn, item, cause="fits")


def place_with(turn: Turn, item: WorkItem, agent: Agent, kind: HoldKind, *, for_s: int) -> None:
    """Offer the item to this agent, or keep it for them so long, or else place it."""
    index = turn.state.index_of((item.tenant_id, item.desk_id))
    kept = index.kept_items.get(agent.agent_id, ())
    if has_room(turn, agent, item) and agent.kept_for is None:
        offer(turn, item, [as_candidate(agent)], chosen_for=kind.value)
    elif agent.is_present and for_s > 0 and len(kept) < ITEMS_KEPT_FOR_AGENT_MAX:
        open_hold(turn, item, agent.agent_id, kind, for_s=for_s)
    else:
        place_item(turn, item)


def fill_agent(turn: Turn, agent: Agent) -> None:
    """Give a free agent what waits: what is kept for this agent, then the lines."""
    _resume_held(turn, agent)
    if _take_what_agent_is_kept_for(turn, agent):
        return
    _take_kept_items(turn, agent)
    while True:
        heavier = _heavier_item_for(turn, agent)
        # What fits goes first all the same where it is of a better class (R4, R6).
        before_class = heavier.strict_class if heavier is not None else ALL_CLASSES
        choice = item_for(turn.state, agent, before_class=before_class)
        if choice is None:
            if heavier is not None:
                open_hold(turn, heavier, agent.agent_id, HoldKind.CAPACITY)
            return
        # Nobody else could have it, or it would not have waited (R10): there are no runners-up.
        offer(
            turn,
            choice.item,
            [as_candidate(agent)],
            chosen_for="agent",
            balances=choice.credits,
        )


def settle(turn: Turn) -> None:
    """Give what waits to all whom this turn freed on its way."""
    for _ in range(FREED_AGENTS_MAX):
        key = turn.next_freed()
        if key is None:
            return
        fill_agent(turn, turn.state.need(Agent, *key))
    # Who is left would sit beside waiting work (R10): a bug of ours that must not pass unseen.
    raise OverflowError(f"one event freed more than {FREED_AGENTS_MAX} agents")


def _take_what_agent_is_kept_for(turn: Turn, agent: Agent) -> bool:
    """Whether the agent is kept for an item, which they get as soon as it fits (R6)."""
    if agent.kept_for is None:
        return False
    item = turn.state.need(WorkItem, agent.kept_for)
    if not suits(turn.state, item, agent.agent_id):
        # A new configuration took the queue, a skill or the room for it from the agent.
        end_capacity_hold(turn, item, cause="moved")
        place_item(turn, item)
        return agent.kept_for is not None
    if not has_room(turn, agent, item):
        return True
    offer(turn, item, [as_candidate(agent)], chosen_for=HoldKind.CAPACITY.value)
    return False


def _heavier_item_for(turn: Turn, agent: Agent) -> WorkItem | None:
    """The item that was passed over for which the agent is to be kept, as it does not fit (R6)."""
    passed = passed_over_item_for(turn.state, agent)
    return None if passed is None or has_room(turn, agent, passed) else passed


def keep_an_agent(turn: Turn, item: WorkItem) -> None:
    """Keep the agent with the most free units for an item that was passed over, if there is one."""
    if item.capacity_agent_id is None and (agent_id := agent_to_keep(turn.state, item)):
        open_hold(turn, item, agent_id, HoldKind.CAPACITY)


def _take_kept_items(turn: Turn, agent: Agent) -> None:
    index = turn.state.index_of((agent.tenant_id, agent.desk_id))
    names = index.kept_items.get(agent.agent_id)
    kept = [turn.state.need(WorkItem, name) for name in names] if names else []
    for item in sorted(kept, key=_place_of):
        if has_room(turn, agent, item) and item.hold_kind is not None:
            offer(turn, item, [as_candidate(agent)], chosen_for=item.hold_kind.value)


def _place_of(item: WorkItem) -> tuple[int, int, int]:
    return (item.strict_class, item.virtual_time_ms, item.sequence)


def queue_again(
    turn: Turn,
    item: WorkItem,
    *,
    reason: QueueingReason,
    queue_id: str | None = None,
    by_agent_id: str | None = None,
    note: str = "",
    is_placed: bool = True,
) -> None:
    """Put an item back into a line with its old virtual time (R5), and offer it at once.

    With `is_placed` false the caller sees to it in the same turn.
    """
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    lost = lost_skills(desk, item)
    wanted = queue_id or (desk.configuration.migrate_to[lost[0]] if lost else item.queue_id)
    target = queue_or_default(turn, desk, wanted)
    has_moved = target != item.queue_id or bool(lost)
    if has_moved:
        end_capacity_hold(turn, item, cause="moved")
        end_hold(turn, item, cause="moved")
    remove_participants(turn, item, cause=reason.value)
    queue = turn.state.index_of(desk.key).queues[target]
    requires, prefers = combined(queue, None) if has_moved else (item.requires, item.prefers)
    begins_anew = has_moved or reason is QueueingReason.TRANSFERRED
    turn.emit(
        d.WorkItemQueued(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            queue_id=target,
            requires=requires,
            prefers=prefers,
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
            plan_id=desk.plan_of.get(target, "") if begins_anew else item.plan_id,
            also_queues=() if has_moved else item.also_queues,
        )
    )
    if is_placed:
        place_item(turn, item)


def lost_skills(desk: Desk, item: WorkItem) -> list[str]:
    """What the item requires that the configuration no longer has; its `migrate_to` names each."""
    skills = desk.configuration.skills
    return [skill for skill in sorted(item.requires) if skill not in skills]


def queue_or_default(turn: Turn, desk: Desk, queue_id: str) -> str:
    """The item's queue, or where the configuration sends work of a queue that it removed."""
    if queue_id in turn.state.index_of(desk.key).queues:
        return queue_id
    return desk.configuration.migrate_to.get(queue_id, desk.configuration.default.queue)


def remove_participants(turn: Turn, item: WorkItem, *, cause: str) -> None:
    """Whoever took part beside the owner no longer does, and is free for what waits."""
    for agent_id in sorted(item.participants):
        turn.free((item.tenant_id, item.desk_id, agent_id))
        remove_participant(turn, item, agent_id, cause=cause)


def remove_participant(turn: Turn, item: WorkItem, agent_id: str, *, cause: str) -> None:
    """One of them no longer takes part; the caller sees to what waits for them."""
    turn.emit(
        d.ParticipantRemoved(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=agent_id,
            cause=cause,
        )
    )


def place_deserted_items(turn: Turn, desk: Desk) -> None:
    """Items whose last agent who had not refused has gone or refused may go round again (R12).

    Bounded (R2): what lies beyond is looked at when its refusals expire.
    """
    index = turn.state.index_of(desk.key)
    for work_item_id in list(islice(index.refused_items, REFUSED_ITEMS_EXAMINED_MAX)):
        item = turn.state.need(WorkItem, work_item_id)
        if item.state is S.QUEUED and all_have_refused(index, item):
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


def _resume_held(turn: Turn, agent: Agent) -> None:
    key = (agent.tenant_id, agent.desk_id, agent.agent_id)
    for work_item_id in sorted(turn.state.held.get(key, ())):
        item = turn.state.need(WorkItem, work_item_id)
        is_mine = item.agent_id == agent.agent_id
        if item.state is S.HELD and is_mine and has_room_to_resume(turn, item):
            resume(turn, item, virtual_time_ms=item.virtual_time_ms)


def has_room_to_resume(turn: Turn, item: WorkItem) -> bool:
    """Whether the owner is present and can carry the item in full beside the rest (R17, R18)."""
    index = turn.state.index_of((item.tenant_id, item.desk_id))
    agent_id = item.agent_id or ""
    if index.bench.seat_of(agent_id) is None:
        return False
    held = turn.state.held.get((item.tenant_id, item.desk_id, agent_id), {})
    room = index.kinds.room(
        index.profiles.of_agent[agent_id],
        capacity=index.profiles.capacity_of[agent_id],
        held=[share for name, share in held.items() if name != item.work_item_id],
    )
    return bool(room & index.kinds.kind_of(item.channel, item.weight).bit)


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
