"""Nobody waits beside a free agent (I8, R10), and the heavy are not passed over for ever (R6)."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import HoldKind
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import WorkItem
from tests.simulation.oracle import BrokenPromiseError, require
from tests.simulation.routing.facts import DeskKey, Floor, Person
from tests.simulation.routing.scene import Scene, desk_of

FIRED_MAX = 256


class Waits:
    """Judges who waits once a record is done: every waiting item against every agent."""

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """An agent is kept only for an item that was passed over, and the right one (R6)."""
        if isinstance(decision, d.HoldOpened):
            floor = scene.floor(desk_of(decision))
            # Who was freed in mid-record is looked at before it ends: then it fits, or they go.
            fits = any(
                isinstance(one, d.HoldEnded)
                and (one.work_item_id, one.agent_id) == (decision.work_item_id, decision.agent_id)
                for one in scene.told().decisions
            )
            self._check_hold(floor, scene.item(decision.work_item_id), decision, fits=fits)

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Nothing to judge before the record is done."""

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """All of the desks' items and agents, and whatever has fallen due."""
        for key in desks:
            floor = scene.floor(key)
            self._check_mutual(floor)
            if floor.desk.rematch_due_ms is None:
                self._check_nobody_waits(floor)
        if scene.is_whole_tick():
            self._check_nothing_is_due(scene)

    def _check_nobody_waits(self, floor: Floor) -> None:
        present = floor.present()
        for item in floor.waiting():
            if not floor.is_open(item.queue_id):
                continue
            for person in present:
                if floor.could_take(item, person):
                    told = f"{item.work_item_id} waits beside {person.agent_id}"
                    raise BrokenPromiseError(f"R10: {told} of {floor.key}")
            self._check_goes_round(floor, item, present)
            self._check_somebody_is_kept(floor, item, present)

    def _check_goes_round(self, floor: Floor, item: WorkItem, present: list[Person]) -> None:
        """What all have refused who could ever have it is offered again (R12)."""
        if not item.refusals:
            return
        suited = [
            person
            for person in present
            if floor.is_for(item, person) and floor.would_fit(person, item.channel, item.weight, [])
        ]
        if suited and all(item.excludes(person.agent_id) for person in suited):
            raise BrokenPromiseError(f"R12: {item.work_item_id}: all refused, and it waits")

    def _check_somebody_is_kept(self, floor: Floor, item: WorkItem, present: list[Person]) -> None:
        """A heavy item that was passed over keeps an agent, if there is one to keep."""
        if not item.is_passed_over or item.capacity_agent_id is not None:
            return
        for person in present:
            is_free = floor.agent(person.agent_id).kept_for is None
            has_units = floor.load(person.agent_id) < person.capacity
            if is_free and has_units and _could_be_kept(floor, item, person):
                told = f"{item.work_item_id} was passed over and does not keep {person.agent_id}"
                raise BrokenPromiseError(f"R6: {told}")

    def _check_mutual(self, floor: Floor) -> None:
        for item in floor.items:
            if item.capacity_agent_id is not None:
                agent = floor.agent(item.capacity_agent_id)
                require(agent.kept_for == item.work_item_id, f"R6: {item.work_item_id}: agent")
                require(agent.is_present, f"R6: {item.work_item_id}: keeps an absent agent")
                require(item.state is S.QUEUED, f"R6: {item.work_item_id}: keeps, not queued")
            if item.hold_agent_id is not None:
                agent = floor.agent(item.hold_agent_id)
                require(agent.is_present, f"R11: {item.work_item_id}: kept for an absent agent")
                require(item.state is S.QUEUED, f"R11: {item.work_item_id}: held, not queued")
        for agent_id in floor.people:
            kept_for = floor.agent(agent_id).kept_for
            if kept_for is not None:
                keeps = [one for one in floor.items if one.work_item_id == kept_for]
                is_mutual = bool(keeps) and keeps[0].capacity_agent_id == agent_id
                require(is_mutual, f"R6: {agent_id}: is kept for what does not know it")

    def _check_hold(
        self, floor: Floor, item: WorkItem, opened: d.HoldOpened, *, fits: bool
    ) -> None:
        label = f"{item.work_item_id}, {opened.agent_id}"
        agent = floor.agent(opened.agent_id)
        person = floor.people.get(opened.agent_id)
        require(person is not None and agent.is_present, f"R11: {label}: not present")
        assert person is not None
        if opened.kind is HoldKind.CAPACITY:
            require(item.is_passed_over, f"R6: {label}: was not passed over")
            require(agent.kept_for is None, f"R6: {label}: is kept already")
            require(_could_be_kept(floor, item, person), f"R6: {label}: can never have it")
            has_room = floor.has_room(person, item.channel, item.weight)
            # While open work is looked at under a new version, room is given out item by item.
            is_rematching = floor.desk.rematch_due_ms is not None
            require(not has_room or is_rematching or fits, f"R6: {label}: has room now")
        elif opened.kind is HoldKind.LAST_AGENT:
            require(floor.is_for(item, person), f"R11: {label}: is not for them")

    def _check_nothing_is_due(self, scene: Scene) -> None:
        """What was due at a tick has happened with it."""
        now_ms = scene.told().now_ms
        for item in scene.state.work_items():
            for name, due_ms in _due_of(item):
                if due_ms is not None and due_ms <= now_ms:
                    raise BrokenPromiseError(f"I6: {item.work_item_id}: {name} was due")


def _could_be_kept(floor: Floor, item: WorkItem, person: Person) -> bool:
    """With empty hands, they could carry it."""
    could = floor.would_fit(person, item.channel, item.weight, [])
    return could and floor.is_for(item, person) and not item.excludes(person.agent_id)


def _due_of(item: WorkItem) -> list[tuple[str, int | None]]:
    if item.state is S.QUEUED:
        return [
            ("a step", item.step_due_ms),
            ("its promotion", item.promotion_due_ms),
            ("its patience", item.patience_due_ms),
            ("an escalation", item.escalation_due_ms),
            ("the end of its hold", item.until_ms),
        ]
    if item.state is S.RESERVED:
        return [("an escalation", item.escalation_due_ms), ("the answer", item.until_ms)]
    return [("the end of its state", item.until_ms)]
