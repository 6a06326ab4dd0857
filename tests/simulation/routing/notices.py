"""Customers who wait: told the right place, only while they wait, and not too often (R27)."""

from dataclasses import dataclass

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Desk, WorkItem
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of


@dataclass(slots=True)
class Told:
    """What one customer was told: how often in this wait, and when they may be told again."""

    count: int = 0
    again_ms: int = 0


class Notices:
    """Keeps its own account of who was told what when."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Every notice against the account and the line."""
        match decision:
            case d.WaitNoticeSent():
                self._sent(scene, decision)
            case d.WorkItemHeld() | d.WorkItemResumed():
                # The customer is back: another wait.
                if decision.work_item_id in self._told:
                    self._told[decision.work_item_id].count = 0
            case d.WorkItemCompleted() | d.WorkItemCanceled():
                self._told.pop(decision.work_item_id, None)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: the account is kept before the state changes."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """Each notice has its words, which no agent wrote."""
        decisions = scene.told().decisions
        words = {one.reply_id: one for one in decisions if isinstance(one, d.ReplyFiled)}
        for sent in decisions:
            if isinstance(sent, d.WaitNoticeSent):
                word = words.get(sent.reply_id)
                label = f"R27: {sent.work_item_id}"
                assert word is not None, f"{label}: no words"
                is_its_own = word.conversation_id == sent.conversation_id and not word.agent_id
                require(is_its_own, f"{label}: somebody else's words")

    def _sent(self, scene: Scene, sent: d.WaitNoticeSent) -> None:
        item, now_ms = scene.item(sent.work_item_id), scene.told().now_ms
        label = f"R27: {sent.work_item_id} notice {sent.number}"
        waits = item.state is S.QUEUED and item.hold_agent_id is None
        require(waits, f"{label}: told while {item.state} or kept")
        desk = scene.state.need(Desk, *desk_of(sent)).configuration
        queue = next(one for one in desk.queues if one.queue_id == item.queue_id)
        policy = queue.wait_notices
        assert policy is not None, f"{label}: the queue tells nothing"
        told = self._told.setdefault(sent.work_item_id, Told())
        require(told.again_ms <= now_ms, f"{label}: {told.again_ms - now_ms} ms too soon")
        told.count += 1
        is_within = sent.number == told.count <= policy.at_most
        require(is_within, f"{label}: number {told.count} of {policy.at_most}")
        told.again_ms = now_ms + 1_000 * policy.every_s
        place = 1 + sum(_is_ahead(other, item) for other in scene.floor(desk_of(sent)).items)
        require(sent.position == place, f"{label}: place {sent.position}, not {place}")


def _is_ahead(other: WorkItem, item: WorkItem) -> bool:
    if other.queue_id != item.queue_id or other.state is not S.QUEUED or other.hold_agent_id:
        return False
    here = (item.strict_class, item.virtual_time_ms, item.sequence)
    return (other.strict_class, other.virtual_time_ms, other.sequence) < here
