"""Levels of escalation by hand: due when the document says so, counted from the right begin, and
never for what a supervisor has seen to (R26).

Which version of a policy an item goes by is the engine's (R24): any that was ever in force may be.
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import EscalationLevel
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of

Key = tuple[str, str, int, int | None]


class Levels:
    """Judges when levels fire."""

    def __init__(self) -> None:
        self._levels: dict[tuple[DeskKey, str, int], list[EscalationLevel]] = {}
        self._again_ms: dict[Key, int | None] = {}
        self._seen_to_ms: dict[str, int] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Each firing against the documents and the firing before."""
        match decision:
            case d.ConfigurationApplied():
                self._note(decision)
            case d.EscalationStopped() if decision.cause == "acknowledged":
                self._seen_to_ms[decision.conversation_id] = scene.told().now_ms
            case d.ConversationClosed():
                self._seen_to_ms.pop(decision.conversation_id, None)
            case d.EscalationFired() if decision.policy_id:
                self._fires(decision, scene.told().now_ms)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Nothing."""

    def _note(self, applied: d.ConfigurationApplied) -> None:
        for policy in applied.configuration.escalation_policies:
            for number, level in enumerate(policy.levels, start=1):
                name = (desk_of(applied), policy.escalation_policy_id, number)
                self._levels.setdefault(name, []).append(level)

    def _fires(self, fired: d.EscalationFired, now_ms: int) -> None:
        label = f"R26: {fired.work_item_id} level {fired.level}.{fired.repeat}"
        levels = [
            level
            for level in self._levels[desk_of(fired), fired.policy_id, fired.level]
            if level.trouble == fired.trouble and level.repeats >= fired.repeat
        ]
        since_ms = fired.since_ms or 0
        key = (fired.work_item_id, fired.terms_id, fired.level, fired.since_ms)
        if fired.repeat:
            right = {self._again_ms.get(key)}
        else:
            right = {since_ms + 1_000 * level.after_s for level in levels}
        require(fired.due_ms in right, f"{label}: due {fired.due_ms}, not {right}")
        again = {
            now_ms + 1_000 * level.repeat_every_s if level.repeat_every_s else None
            for level in levels
        }
        is_last = fired.again_ms is None and any(one.repeats == fired.repeat for one in levels)
        is_right = is_last or fired.again_ms in again
        require(is_right, f"{label}: again {fired.again_ms}, not {again}")
        seen_to_ms = self._seen_to_ms.get(fired.conversation_id, -1)
        require(since_ms > seen_to_ms, f"{label}: a supervisor saw to it")
        self._again_ms[key] = fired.again_ms
