"""Customers who say nothing: reminded once in a silence and at its time, then let go once (R17)."""

from dataclasses import dataclass

from libs.common.contracts import decisions as d
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene


@dataclass(slots=True)
class Silence:
    """Since when, by how long a patience, and whether the customer was reminded."""

    since_ms: int
    due_ms: int | None
    is_reminded: bool = False


class Silences:
    """Keeps its own account of whose turn it is to speak."""

    def __init__(self) -> None:
        self._of: dict[str, Silence] = {}
        self._ending: set[str] = set()

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """What breaks a silence, against the account."""
        now_ms = scene.told().now_ms
        match decision:
            case d.InactivityReminded():
                silence = self._due(decision, now_ms)
                require(not silence.is_reminded, f"{_label(decision)}: reminded again")
                patience_s = _patience_s(scene, decision.work_item_id, is_reminded=True)
                due_ms = now_ms + 1_000 * patience_s if patience_s is not None else None
                require(decision.close_due_ms == due_ms, f"{_label(decision)}: its end")
                silence.is_reminded, silence.due_ms = True, due_ms
            case d.InactivityClosed():
                silence = self._due(decision, now_ms)
                require(silence.is_reminded, f"{_label(decision)}: without a reminder")
                self._ending.add(decision.conversation_id)
            case d.ConversationClosed():
                self._ending.discard(decision.conversation_id)
                self._of.pop(decision.conversation_id, None)
            case d.MessageFiled() | d.WorkItemSnoozed() | d.WorkItemQueued():
                self._of.pop(decision.conversation_id, None)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """What begins a silence: the owner's words, or parking where there were none."""
        if isinstance(decision, d.ReplyFiled) and decision.agent_id:
            item = scene.item_of(decision.conversation_id)
            if item is not None and not scene.is_put_aside(item):
                self._begin(scene, decision.conversation_id)
        elif isinstance(decision, d.WorkItemParked) and decision.conversation_id not in self._of:
            self._begin(scene, decision.conversation_id)

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """Whose time was over is closed in the same record."""
        require(not self._ending, f"R17: let go and still open: {self._ending}")

    def _begin(self, scene: Scene, conversation_id: str) -> None:
        item = scene.item_of(conversation_id)
        self._of.pop(conversation_id, None)
        if item is None or item.state.value not in ("assigned", "parked"):
            return
        patience_s = _patience_s(scene, item.work_item_id, is_reminded=False)
        now_ms = scene.told().now_ms
        if patience_s is not None:
            self._of[conversation_id] = Silence(now_ms, now_ms + 1_000 * patience_s)

    def _due(self, told: d.InactivityReminded | d.InactivityClosed, now_ms: int) -> Silence:
        silence = self._of.get(told.conversation_id)
        assert silence is not None, f"{_label(told)}: nobody waits for them"
        right = (silence.since_ms, silence.due_ms)
        require((told.silent_since_ms, told.due_ms) == right, f"{_label(told)}: another time")
        require(told.due_ms <= now_ms, f"{_label(told)}: early")
        return silence


def _label(told: d.InactivityReminded | d.InactivityClosed) -> str:
    return f"R17: {told.conversation_id} {told.type}"


def _patience_s(scene: Scene, work_item_id: str, *, is_reminded: bool) -> int | None:
    """By the document in force; calls are left alone (R18)."""
    item = scene.item(work_item_id)
    key = (item.tenant_id, item.desk_id)
    if scene.floor(key).configuration.channel(item.channel).exclusive:
        return None
    queue = scene.queue_or_none(key, item.conversation_id)
    if queue is None or queue.inactivity is None:
        return None
    policy = queue.inactivity
    return policy.close_after_s if is_reminded else policy.remind_after_s
