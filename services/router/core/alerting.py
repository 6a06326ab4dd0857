"""People are told of troubles: the first at once, who follows together, and nobody at night.

One window for each policy, level and target (the desk's own roles, or one contact or rotation).
What falls into a window that is open, or comes while a contact is quiet and is not urgent, is held:
a deadline like every other, so that it is told once whatever restarts between. When it is told, it
is told to whoever is on call then, of what is still in trouble then.
"""

from collections.abc import Iterator
from dataclasses import replace

from libs.common.calendars.rotations import on_call_at
from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import Contact, Notify
from libs.common.contracts.terms import Role
from services.router.core.alert_windows import AlertWindow
from services.router.core.entities import Desk, WorkItem
from services.router.core.escalations import trouble_since
from services.router.core.evolve_alerts import ITEMS_NAMED_MAX, key_of
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.turn import Turn

# Whoever is on call at the end of somebody's quiet hours may be quiet as well, and so on.
HELD_MS_MAX = 7 * 86_400_000


def alert(turn: Turn, fired: list[d.EscalationFired], notify: Notify) -> None:
    """These items of one policy's level are in trouble: tell whoever is named, now or later."""
    for target, ways in _targets(notify):
        _tell_or_hold(turn, _news(turn, fired, notify, target=target, ways=ways))


def tell_held(turn: Turn, window: AlertWindow) -> None:
    """The window is over, or a quiet time: tell what is left of what was held."""
    named = zip(window.work_item_ids, window.conversation_ids, strict=True)
    left = [(item_id, name) for item_id, name in named if _is_in_trouble(turn, window, name)]
    count = window.held - len(window.work_item_ids) + len(left)
    held = d.EscalationAlertHeld(
        tenant_id=window.tenant_id,
        desk_id=window.desk_id,
        policy_id=window.policy_id,
        level=window.level,
        trouble=window.trouble,
        count=count,
        work_item_ids=tuple(item_id for item_id, _ in left),
        conversation_ids=tuple(name for _, name in left),
        notify_roles=window.notify_roles,
        ways=window.ways,
        target=window.target,
        is_urgent=window.is_urgent,
        collect_s=window.collect_s,
        due_ms=turn.now_ms,
    )
    if not count:
        turn.emit(
            d.EscalationAlertForgotten(
                tenant_id=window.tenant_id,
                desk_id=window.desk_id,
                policy_id=window.policy_id,
                level=window.level,
                target=window.target,
            )
        )
        return
    until_ms = _quiet_until(turn, held, since_ms=window.held_since_ms)
    if until_ms > turn.now_ms:
        turn.emit(replace(held, count=0, work_item_ids=(), conversation_ids=(), due_ms=until_ms))
    else:
        turn.emit(_alerted(turn, held, since_ms=window.held_since_ms))


def _targets(notify: Notify) -> Iterator[tuple[str, tuple[str, ...]]]:
    if notify.inner_ways():
        yield "", notify.inner_ways()
    for target in notify.to:
        yield target, notify.outer_ways()


def _news(
    turn: Turn,
    fired: list[d.EscalationFired],
    notify: Notify,
    *,
    target: str,
    ways: tuple[str, ...],
) -> d.EscalationAlertHeld:
    """What there is to tell a target, told of or held."""
    first, named = fired[0], fired[:ITEMS_NAMED_MAX]
    return d.EscalationAlertHeld(
        tenant_id=first.tenant_id,
        desk_id=first.desk_id,
        policy_id=first.policy_id,
        level=first.level,
        trouble=first.trouble,
        count=len(fired),
        work_item_ids=tuple(one.work_item_id for one in named),
        conversation_ids=tuple(one.conversation_id for one in named),
        notify_roles=() if target else notify.roles,
        ways=ways,
        target=target,
        is_urgent=notify.urgent,
        collect_s=notify.collect_s,
        due_ms=turn.now_ms,
    )


def _tell_or_hold(turn: Turn, news: d.EscalationAlertHeld) -> None:
    window = turn.state.get(AlertWindow, *key_of(news))
    until_ms = _window_ends(window, news, turn.now_ms) if window is not None else None
    if until_ms is None:
        quiet_ms = _quiet_until(turn, news, since_ms=turn.now_ms)
        until_ms = quiet_ms if quiet_ms > turn.now_ms else None
    if until_ms is None:
        turn.emit(_alerted(turn, news, since_ms=None))
    else:
        turn.emit(replace(news, due_ms=until_ms))


def _window_ends(window: AlertWindow, news: d.EscalationAlertHeld, now_ms: int) -> int | None:
    """When what comes now is told, if something is held or collected; what is urgent waits for
    no quiet time of what was held before.
    """
    collecting_ms = max(now_ms, window.until_ms)
    if window.due_ms is not None:
        return min(window.due_ms, collecting_ms) if news.is_urgent else window.due_ms
    return collecting_ms if collecting_ms > now_ms else None


def _quiet_until(turn: Turn, news: d.EscalationAlertHeld, *, since_ms: int) -> int:
    """When the target's contact may be told of what is held since then; now, where nobody is
    quiet.
    """
    contact = _contact_of(turn, news)
    if news.is_urgent or contact is None or contact.quiet_outside is None:
        return turn.now_ms
    clock = turn.state.index_of((news.tenant_id, news.desk_id)).clocks[contact.quiet_outside]
    longest_ms = since_ms + HELD_MS_MAX
    return min(clock.next_opening(turn.now_ms) or longest_ms, longest_ms)


def _contact_of(turn: Turn, news: d.EscalationAlertHeld) -> Contact | None:
    """Who the target is now: a contact, or whoever's turn it is; none for the desk's own roles,
    and where the present configuration knows the target no more.
    """
    desk = turn.state.need(Desk, news.tenant_id, news.desk_id).configuration
    rotations = (one for one in desk.rotations if one.rotation_id == news.target)
    rotation = next(rotations, None)
    name = on_call_at(rotation, turn.now_ms) if rotation is not None else news.target
    return next((one for one in desk.contacts if one.contact_id == name), None)


def _is_in_trouble(turn: Turn, window: AlertWindow, conversation_id: str) -> bool:
    """Whether what was held still is as it was, and no supervisor has seen to it since."""
    escalation = turn.state.get(Escalation, conversation_id)
    if escalation is None or escalation.acknowledged_ms >= window.held_since_ms:
        return False
    item = turn.state.need(WorkItem, escalation.work_item_id)
    instance = turn.state.get(SlaInstance, conversation_id)
    return trouble_since(item, instance, window.trouble) is not None


def _alerted(
    turn: Turn, news: d.EscalationAlertHeld, *, since_ms: int | None
) -> d.EscalationAlerted:
    """The alert; one for a target that is gone by now goes to the desk's supervisors."""
    contact = _contact_of(turn, news) if news.target else None
    is_lost = bool(news.target) and contact is None
    return d.EscalationAlerted(
        tenant_id=news.tenant_id,
        desk_id=news.desk_id,
        policy_id=news.policy_id,
        level=news.level,
        trouble=news.trouble,
        count=news.count,
        work_item_ids=news.work_item_ids,
        conversation_ids=news.conversation_ids,
        notify_roles=(Role.SUPERVISOR,) if is_lost else news.notify_roles,
        ways=("stream", "webhook") if is_lost else news.ways,
        target=news.target,
        contact_id=contact.contact_id if contact is not None else "",
        since_ms=since_ms,
        until_ms=turn.now_ms + 1_000 * news.collect_s if news.collect_s else None,
        is_urgent=news.is_urgent,
    )
