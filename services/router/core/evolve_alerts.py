"""How decisions change what is held of alerts."""

from libs.common.contracts import decisions as d
from services.router.core.alert_windows import AlertWindow, WindowKey
from services.router.core.deadlines import DeadlineKind
from services.router.core.entities import DeskKey
from services.router.core.state import PartitionState

ITEMS_NAMED_MAX = 16
AlertDecision = d.EscalationAlerted | d.EscalationAlertHeld | d.EscalationAlertForgotten


def key_of(decision: AlertDecision) -> WindowKey:
    """The window that a decision is about."""
    desk = (decision.tenant_id, decision.desk_id)
    return (*desk, decision.policy_id, str(decision.level), decision.target)


def alert(state: PartitionState, alerted: d.EscalationAlerted) -> None:
    """All that was held is told, and more is held until the window ends, if there is one."""
    _drop(state, key_of(alerted))
    if alerted.until_ms is not None:
        window = _add(state, alerted)
        window.until_ms = alerted.until_ms


def hold(state: PartitionState, held: d.EscalationAlertHeld) -> None:
    """So many more are told of later."""
    key = key_of(held)
    window = state.changing(AlertWindow, *key) if _is_there(state, key) else _add(state, held)
    if not window.held:
        window.held_since_ms = state.now_ms
    window.held += held.count
    room = ITEMS_NAMED_MAX - len(window.work_item_ids)
    window.work_item_ids += held.work_item_ids[:room]
    window.conversation_ids += held.conversation_ids[:room]
    window.trouble, window.notify_roles, window.ways = held.trouble, held.notify_roles, held.ways
    window.is_urgent, window.collect_s = held.is_urgent, held.collect_s
    window.due_ms = held.due_ms
    index_window(state, window)


def forget(state: PartitionState, forgotten: d.EscalationAlertForgotten) -> None:
    """Nothing is held any more."""
    _drop(state, key_of(forgotten))


def drop_idle(state: PartitionState, desk: DeskKey) -> None:
    """A configuration is in force: windows that are over and hold nothing, perhaps of policies
    that are gone, are forgotten.
    """
    idle = [
        window.key
        for window in state.tables["alert_window"].values()
        if isinstance(window, AlertWindow)
        and (window.tenant_id, window.desk_id) == desk
        and not window.held
        and window.until_ms <= state.now_ms
    ]
    for key in idle:
        _drop(state, key)


def index_window(state: PartitionState, window: AlertWindow) -> None:
    """What is held has changed: when it is told."""
    state.deadlines.set(DeadlineKind.ALERT, window.key, window.due_ms)


def _is_there(state: PartitionState, key: WindowKey) -> bool:
    return state.get(AlertWindow, *key) is not None


def _add(state: PartitionState, decision: AlertDecision) -> AlertWindow:
    window = AlertWindow(
        tenant_id=decision.tenant_id,
        desk_id=decision.desk_id,
        policy_id=decision.policy_id,
        level=decision.level,
        target=decision.target,
    )
    state.add(window, *window.key)
    return window


def _drop(state: PartitionState, key: WindowKey) -> None:
    if _is_there(state, key):
        state.drop(AlertWindow, *key)
        state.deadlines.set(DeadlineKind.ALERT, key, None)
