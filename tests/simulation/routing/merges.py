"""Merged and split conversations: one goes on, one is over, nobody loses anything (R18, R21)."""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from tests.simulation.oracle import require
from tests.simulation.routing.facts import DeskKey
from tests.simulation.routing.scene import Scene, desk_of

# What ends with the merged conversation, in the same record.
ENDS = d.SlaEnded | d.EscalationStopped | d.DeliveryFiled


class Merges:
    """Keeps its own account of what is over, and when it opened."""

    def __init__(self) -> None:
        self._opened_ms: dict[str, int] = {}
        self._over: set[str] = set()

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """A merged conversation gets nothing any more."""
        conversation_id = getattr(decision, "conversation_id", "")
        if conversation_id in self._over and not isinstance(decision, ENDS | d.EventRefused):
            require(False, f"R21: {conversation_id} is merged: {decision.type}")  # noqa: FBT003
        match decision:
            case d.ConversationOpened():
                self._opened_ms[decision.conversation_id] = scene.told().now_ms
            case d.ConversationsMerged():
                self._merged(scene, decision)
            case d.ConversationSplit():
                self._split(scene, decision)
            case _:
                pass

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing holds anybody for what is over."""
        if isinstance(decision, d.ConversationsMerged):
            left = [
                item.work_item_id
                for item in scene.state.work_items()
                if item.conversation_id == decision.merged_conversation_id
            ]
            require(not left, f"R21: {decision.merged_conversation_id}: {left} is still work")

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Nothing is left to judge."""

    def _merged(self, scene: Scene, merged: d.ConversationsMerged) -> None:
        survivor, other = merged.conversation_id, merged.merged_conversation_id
        label = f"R21: {other} into {survivor}"
        event = scene.event
        asked = event.data if event is not None else None
        assert isinstance(asked, e.MergeRequested), f"{label}: nobody asked"
        named = {asked.conversation_id, asked.with_conversation_id}
        require(named == {survivor, other} and survivor != other, f"{label}: others were named")
        is_older = self._opened_ms[survivor] <= self._opened_ms[other]
        require(is_older, f"{label}: the younger goes on")
        desk = scene.floor(desk_of(merged)).configuration
        item = scene.item(merged.work_item_id)
        require(item.conversation_id == survivor, f"{label}: with other work")
        require(not desk.channel(item.channel).exclusive, f"R18: {survivor} is a call")
        owners = (merged.owner_id, merged.merged_owner_id)
        was_owner = asked.agent_id in owners or item.agent_id is None
        require(was_owner, f"{label}: {asked.agent_id} owns neither")
        self._over.add(other)

    def _split(self, scene: Scene, split: d.ConversationSplit) -> None:
        label = f"R21: {split.conversation_id} split from {split.from_conversation_id}"
        floor = scene.floor(desk_of(split))
        owner = [
            item.agent_id
            for item in floor.items
            if item.conversation_id == split.from_conversation_id
        ]
        require(owner == [split.agent_id], f"{label}: by {split.agent_id}, not {owner}")
