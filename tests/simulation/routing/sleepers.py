"""What is put aside wakes once, at its time, and only while it is put aside (R17)."""

from libs.common.contracts import decisions as d
from libs.common.contracts.events import ClockTicked
from services.router.core.turn import DECISIONS_BEFORE_PAUSE
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene

YEAR_MS = 366 * 86_400_000


class Sleepers:
    """Keeps its own account of what is put aside, and until when."""

    def __init__(self) -> None:
        self._due_ms: dict[str, int] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Each decision about an item that may be put aside."""
        now_ms = scene.told().now_ms
        match decision:
            case d.WorkItemSnoozed():
                self._snoozed(scene, decision, now_ms)
            case d.WorkItemWoken():
                due_ms = self._due_ms.pop(decision.work_item_id, None)
                label = f"R17: {decision.work_item_id} wakes"
                require(due_ms == decision.due_ms, f"{label}: again, or at another time")
                require(decision.due_ms <= now_ms, f"{label}: early")
            case (
                d.WorkItemHeld()
                | d.WorkItemResumed()
                | d.WorkItemQueued()
                | d.WorkItemWrappingUp()
                | d.WorkItemCompleted()
            ):
                self._due_ms.pop(decision.work_item_id, None)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Who is woken stays where they are for no moment: the next decision says where to."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """A tick that had room for it leaves nobody asleep whose time has come."""
        record = scene.told()
        if record.event_type != ClockTicked.type:
            return
        if len(record.decisions) >= DECISIONS_BEFORE_PAUSE:
            return
        late = [name for name, due_ms in self._due_ms.items() if due_ms <= record.now_ms]
        require(not late, f"R17: overslept: {late}")
        for woken in record.decisions:
            if isinstance(woken, d.WorkItemWoken):
                state = scene.item(woken.work_item_id).state.value
                require(state != "parked", f"R17: {woken.work_item_id}: woken and still parked")

    def _snoozed(self, scene: Scene, snoozed: d.WorkItemSnoozed, now_ms: int) -> None:
        item = scene.item(snoozed.work_item_id)
        label = f"R17: {snoozed.work_item_id} is put aside"
        require(now_ms < snoozed.until_ms <= now_ms + YEAR_MS, f"{label}: until when")
        require(item.state.value in ("assigned", "parked"), f"{label}: {item.state}")
        require(item.agent_id == snoozed.agent_id, f"{label}: not by its owner")
        desk = scene.floor((item.tenant_id, item.desk_id)).configuration
        require(not desk.channel(item.channel).exclusive, f"R18: {snoozed.work_item_id}: a call")
        self._due_ms[snoozed.work_item_id] = snoozed.until_ms
