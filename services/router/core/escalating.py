"""Levels that fire: what is done about an item in trouble, and who is told, once for many.

A level fires in a tick, after all that the tick concluded before was looked at: what an earlier
deadline solved does not escalate. What a level does goes through the same rules as everything else
that moves work. The people are told at the end of the turn, once for each policy and level, however
many items are in the same trouble.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import EscalationActions, EscalationLevel
from libs.common.contracts.terms import QueueingReason, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from libs.common.contracts.wire import Event
from services.router.core.alerting import alert
from services.router.core.entities import WorkItem
from services.router.core.escalations import next_level
from services.router.core.lifecycle import OWNED, WAITING
from services.router.core.placing import place_item, queue_again
from services.router.core.promises import DeskPromises, Escalation
from services.router.core.promising import keep_promises
from services.router.core.reservations import end_all
from services.router.core.stepping import widen
from services.router.core.turn import Turn


def conclude(turn: Turn, event: Event | None) -> None:
    """What the turn's decisions mean for promises and troubles, and who is told of what fired."""
    keep_promises(turn, event)
    groups: dict[tuple[str, str, str, int], list[d.EscalationFired]] = {}
    for one in turn.decisions:
        if isinstance(one, d.EscalationFired) and one.policy_id:
            key = (one.tenant_id, one.desk_id, one.terms_id, one.level)
            groups.setdefault(key, []).append(one)
    for fired in groups.values():
        _alert(turn, fired)


def fire_escalation(turn: Turn, conversation_id: str) -> None:
    """The first level is due, unless what this turn concluded before ended its trouble."""
    keep_promises(turn, None)
    escalation = turn.state.get(Escalation, conversation_id)
    level = next_level(escalation) if escalation is not None else None
    if escalation is None or level is None or level.due_ms > turn.now_ms:
        return
    promises = turn.state.need(DeskPromises, escalation.tenant_id, escalation.desk_id)
    policy = promises.escalations[escalation.terms_id]
    configured = policy.levels[level.level - 1]
    item = turn.state.need(WorkItem, escalation.work_item_id)
    turn.emit(
        d.EscalationFired(
            tenant_id=item.tenant_id,
            desk_id=item.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=conversation_id,
            queue_id=item.queue_id,
            level=level.level,
            due_ms=level.due_ms,
            waited_ms=turn.now_ms - item.waiting_since_ms,
            notify_roles=(),
            policy_id=policy.escalation_policy_id,
            terms_id=escalation.terms_id,
            trouble=level.trouble,
            repeat=level.repeat,
            since_ms=level.since_ms,
            again_ms=_again_ms(turn, configured, level.repeat),
        )
    )
    _act(turn, item, configured.actions)


def _again_ms(turn: Turn, level: EscalationLevel, repeat: int) -> int | None:
    """Counted from this firing, however late it is: repeats never come all at once."""
    if level.repeat_every_s is None or repeat >= level.repeats:
        return None
    return turn.now_ms + 1_000 * level.repeat_every_s


def _act(turn: Turn, item: WorkItem, actions: EscalationActions) -> None:
    queue_id = _other_queue(turn, item, actions)
    if queue_id is not None or (actions.take_back and item.state in OWNED):
        _queue_elsewhere(turn, item, queue_id)
    step = actions.step()
    if step is not None and item.state in WAITING:
        widen(turn, item, step, number=item.step)
    if item.state is S.QUEUED:
        place_item(turn, item)


def _other_queue(turn: Turn, item: WorkItem, actions: EscalationActions) -> str | None:
    """Where the item moves to; a queue that is gone by now moves nothing."""
    queues = turn.state.index_of((item.tenant_id, item.desk_id)).queues
    stays = actions.move_to == item.queue_id or actions.move_to not in queues
    return None if stays else actions.move_to


def _queue_elsewhere(turn: Turn, item: WorkItem, queue_id: str | None) -> None:
    """Whoever has the item, or is asked for it, is so no longer and free for what waits."""
    owner_id = item.agent_id
    concerned = [agent_id for agent_id, _ in item.offered]
    end_all(turn, item, ReservationOutcome.CANCELED)
    queue_again(
        turn,
        item,
        reason=QueueingReason.ESCALATED,
        queue_id=queue_id,
        by_agent_id=owner_id,
        is_placed=False,
    )
    for agent_id in [owner_id, *concerned] if owner_id is not None else concerned:
        turn.free((item.tenant_id, item.desk_id, agent_id))


def _alert(turn: Turn, fired: list[d.EscalationFired]) -> None:
    first = fired[0]
    promises = turn.state.need(DeskPromises, first.tenant_id, first.desk_id)
    notify = promises.escalations[first.terms_id].levels[first.level - 1].actions.notify
    if notify is not None:
        alert(turn, fired, notify)
