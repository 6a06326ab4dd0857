"""Queues as a whole: measures are true and rare, overflow keeps to its thresholds (R27, R29)."""

from libs.common.contracts import decisions as d
from services.router.core.entities import WorkItem
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of

EVERY_MS = 10_000
STRETCH_MS = 30_000
STRETCHES = 10


class Queues:
    """Counts who waits and who was served by hand."""

    def __init__(self) -> None:
        self._measured_ms: dict[tuple[str, str, str], int] = {}
        self._overflowing: set[tuple[str, str, str]] = set()
        self._served: dict[tuple[str, str, str], list[int]] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """What is said of a queue against what is in it."""
        match decision:
            case d.QueueMeasured():
                self._measured(scene, decision)
            case d.OverflowBegan() | d.OverflowEnded():
                self._flows(scene, decision)
            case d.WorkItemAssigned():
                key = (*desk_of(decision), decision.queue_id)
                self._served.setdefault(key, []).append(scene.told().now_ms)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: all is judged before."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Nothing: all is judged before."""

    def _measured(self, scene: Scene, measured: d.QueueMeasured) -> None:
        key = (*desk_of(measured), measured.queue_id)
        now_ms = scene.told().now_ms
        label = f"R27: {measured.queue_id}"
        last_ms = self._measured_ms.get(key, now_ms - EVERY_MS)
        require(now_ms - last_ms >= EVERY_MS, f"{label}: measured too often")
        self._measured_ms[key] = now_ms
        line = self._line(scene, key)
        require(measured.waiting == len(line), f"{label}: {measured.waiting} of {len(line)} wait")
        for place, strict_class, virtual_time_ms in measured.places:
            stands = line[place - 1]
            right = (stands.strict_class, stands.virtual_time_ms)
            require((strict_class, virtual_time_ms) == right, f"{label}: at place {place}")
        served = self._served_lately(key, now_ms)
        require(measured.served == served, f"{label}: served {measured.served} of {served}")

    def _flows(self, scene: Scene, flows: d.OverflowBegan | d.OverflowEnded) -> None:
        key = (*desk_of(flows), flows.queue_id)
        label = f"R29: {flows.queue_id}"
        has_begun = isinstance(flows, d.OverflowBegan)
        require((key in self._overflowing) != has_begun, f"{label}: {flows.type} twice")
        floor = scene.floor(desk_of(flows))
        queue = next(one for one in floor.configuration.queues if one.queue_id == flows.queue_id)
        waiting = len(self._line(scene, key))
        require(flows.waiting == waiting, f"{label}: {flows.waiting} of {waiting} wait")
        require(queue.overflow is not None, f"{label}: has no overflow")
        assert queue.overflow is not None
        threshold = queue.overflow.enter if has_begun else queue.overflow.leave
        is_long = threshold.waiting is not None and waiting >= threshold.waiting
        if has_begun and threshold.estimated_wait_s is None:
            require(is_long, f"{label}: began too early")
        if not has_begun:
            require(not is_long, f"{label}: ended too early")
        (self._overflowing.add if has_begun else self._overflowing.discard)(key)

    def _line(self, scene: Scene, key: tuple[str, str, str]) -> list[WorkItem]:
        waiting = [one for one in scene.floor(key[:2]).waiting() if one.queue_id == key[2]]
        return sorted(waiting, key=lambda one: (one.strict_class, one.virtual_time_ms))

    def _served_lately(self, key: tuple[str, str, str], now_ms: int) -> int:
        oldest = now_ms // STRETCH_MS - STRETCHES
        return sum(at_ms // STRETCH_MS > oldest for at_ms in self._served.get(key, []))
