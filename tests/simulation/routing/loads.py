"""Nobody carries more than they can, and nothing is carried that no item explains (I5, R17-R19)."""

from libs.common.contracts import decisions as d
from tests.simulation.oracle import BrokenPromiseError, require
from tests.simulation.routing.facts import DeskKey, Floor
from tests.simulation.routing.scene import Scene, desk_of

GIVEN = (
    d.ReservationOpened
    | d.WorkItemResumed
    | d.WorkItemWrappingUp
    | d.ParticipantJoined
    | d.OwnerChanged
)


class Loads:
    """Judges what agents are given, and that the engine's account is the items' own."""

    def __init__(self) -> None:
        self._load_before = 0

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """A conversation goes on only where its channel has room beside the others (R18)."""
        if isinstance(decision, GIVEN):
            self._load_before = scene.floor(desk_of(decision)).load(decision.agent_id)
        if not isinstance(decision, d.WorkItemResumed):
            return
        floor = scene.floor(desk_of(decision))
        item = scene.item(decision.work_item_id)
        person = floor.people.get(decision.agent_id)
        label = f"{item.work_item_id} goes on with {decision.agent_id}"
        require(person is not None and floor.agent(person.agent_id).is_present, f"R17: {label}")
        assert person is not None
        has_room = floor.has_room(person, item.channel, item.weight, without=item.work_item_id)
        require(has_room, f"R17, R18: {label}: no room")

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Whoever was given something can carry it."""
        if isinstance(decision, GIVEN):
            floor = scene.floor(desk_of(decision))
            person = floor.people.get(decision.agent_id)
            load = floor.load(decision.agent_id)
            # A lowered capacity revokes nothing; it only gives nothing new (R17).
            if person is not None and load > max(person.capacity, self._load_before):
                told = f"{load} of {person.capacity}"
                raise BrokenPromiseError(f"I5: {decision.agent_id} carries {told}: {decision.type}")

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """The engine's account of each agent equals the sum over all items."""
        for key in desks:
            self._compare(scene.floor(key))

    def _compare(self, floor: Floor) -> None:
        for agent_id in floor.state.index_of(floor.key).agents:
            counted = floor.state.held_units((*floor.key, agent_id))
            if counted != floor.load(agent_id):
                told = f"{counted} units, items say {floor.load(agent_id)}"
                raise BrokenPromiseError(f"I5: {agent_id} is counted with {told}")
