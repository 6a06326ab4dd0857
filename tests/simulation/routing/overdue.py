"""After a tick that had room, no promise and no level that is due is left over (I6). A level that
the tick itself set is for the next one.

Looked for among all that there are, not in the engine's deadlines: one that was never set, or was
lost with an owner, is missed here.
"""

from libs.common.contracts import decisions as d
from services.router.core.promises import Escalation, SlaInstance
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene


class Overdue:
    """Judges that ticks fire everything."""

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing."""

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - a tick is for all
        """Whatever the record says, or fails to say."""
        record = scene.told()
        if not scene.is_whole_tick():
            return
        told_of = {getattr(one, "conversation_id", "") for one in record.decisions}
        for key, one in scene.state.tables["sla_instance"].items():
            assert isinstance(one, SlaInstance)
            left = [
                clock.target
                for clock in one.clocks
                if _is_due(clock.due_ms, record.now_ms) and clock.breached_since_ms is None
            ]
            require(not left, f"I6: {key}: due and not broken after a tick: {left}")
        for key, escalation in scene.state.tables["escalation"].items():
            assert isinstance(escalation, Escalation)
            if escalation.conversation_id in told_of:
                continue
            due = [one.level for one in escalation.pending if one.due_ms <= record.now_ms]
            require(not due, f"I6: {key}: due and not fired after a tick: {due}")


def _is_due(due_ms: int | None, now_ms: int) -> bool:
    return due_ms is not None and due_ms <= now_ms
