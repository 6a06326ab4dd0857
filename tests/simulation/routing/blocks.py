"""Blocked contact points: what they write is filed, once, and opens no work."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of

Point = tuple[str, str, str]


class Blocks:
    """Keeps its own account of who is blocked, and until when."""

    def __init__(self) -> None:
        self._until_ms: dict[Point, int | None] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Every message against the account; a block ends once, not before its time."""
        match decision:
            case d.ContactPointBlocked():
                self._until_ms[*desk_of(decision), decision.contact_point_id] = decision.until_ms
            case d.ContactPointUnblocked():
                key = (*desk_of(decision), decision.contact_point_id)
                require(key in self._until_ms, f"block: {key[2]}: ends and was none")
                until_ms = self._until_ms.pop(key)
                is_over = until_ms is not None and until_ms <= scene.told().now_ms
                require(is_over or decision.cause == "unblocked", f"block: {key[2]}: ends early")
            case d.BlockedMessageFiled():
                key = (*desk_of(decision), decision.contact_point_id)
                require(self._is_blocked(scene, key), f"block: {key[2]}: filed and is not blocked")
            case d.MessageFiled():
                key = (*desk_of(decision), decision.reply_to.contact_point_id)
                require(not self._is_blocked(scene, key), f"block: {key[2]}: opens work")
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing: all is judged before."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:  # noqa: ARG002 - all desks alike
        """A message that was decided stands somewhere, once, or was refused (I1)."""
        event, decisions = scene.event, scene.told().decisions
        if event is None or not isinstance(event.data, e.MessageReceived) or not decisions:
            return
        kinds = d.MessageFiled | d.BlockedMessageFiled | d.EventRefused
        told = [one for one in decisions if isinstance(one, kinds)]
        require(len(told) == 1, f"I1: {event.id}: filed {len(told)} times")

    def _is_blocked(self, scene: Scene, key: Point) -> bool:
        if key not in self._until_ms:
            return False
        until_ms = self._until_ms[key]
        return until_ms is None or scene.told().now_ms < until_ms
