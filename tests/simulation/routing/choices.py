"""Who is asked, and for what: each choice compared with all others that there were.

For an item the queue's policy decides among all who could take it; for an agent, class, rank,
virtual time and sequence among all that the agent could take (R4), or the queues' weights (R8).
"""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import QueueConfiguration
from libs.common.contracts.terms import AgentPolicy, OfferMode
from services.router.core.entities import WorkItem
from tests.simulation.oracle import BrokenPromiseError, require
from tests.simulation.routing.facts import DeskKey, Floor, Person, has_skills
from tests.simulation.routing.scene import Scene, desk_of

RANK_OF_LENT = 100
Order = tuple[int, int, int, str]


class Choices:
    """Judges each offer before it is made."""

    def __init__(self) -> None:
        self._ring: dict[tuple[str, str, str], str] = {}
        self._last_turn = ""
        self._credits: dict[tuple[str, str, str], dict[str, int]] = {}
        self._first_requires: dict[str, dict[str, int]] = {}

    def before(self, scene: Scene, decision: d.AnyDecision) -> None:
        """An offer is compared with what else could have been offered to whom."""
        if isinstance(decision, d.WorkItemRelaxed):
            item = scene.item(decision.work_item_id)
            has_moved = decision.queue_id != item.queue_id
            self._first_requires[item.work_item_id] = (
                decision.requires if has_moved else self._first_requires[item.work_item_id]
            )
        if not isinstance(decision, d.ReservationOpened):
            return
        floor = scene.floor(desk_of(decision))
        item = scene.item(decision.work_item_id)
        person = floor.people.get(decision.agent_id)
        label = f"{decision.work_item_id} to {decision.agent_id} ({decision.why.chosen_for})"
        require(person is not None and floor.agent(person.agent_id).is_present, f"R16: {label}")
        assert person is not None
        self._check_may(floor, item, person, decision, label)
        if not item.offered:
            # All whom a broadcast asks are ranked at once.
            self._last_turn = self._ring.get((*floor.key, item.queue_id), "")
        if decision.why.chosen_for == "agent" and not item.offered:
            self._check_item(floor, item, person, decision)
        elif decision.why.chosen_for in ("agent", "policy") and scene.has_policies:
            self._check_agent(scene, floor, item, person)

    def after(self, scene: Scene, decision: d.AnyDecision) -> None:
        """Turns and balances by what was decided."""
        if isinstance(decision, d.ReservationOpened):
            self._take_turn(decision)
        elif isinstance(decision, d.WorkItemQueued) and not scene.item(decision.work_item_id).step:
            self._first_requires[decision.work_item_id] = decision.requires

    def end(self, scene: Scene, desks: list[DeskKey]) -> None:
        """Nothing is left to judge."""

    def _check_may(
        self, floor: Floor, item: WorkItem, person: Person, opened: d.ReservationOpened, label: str
    ) -> None:
        agent = floor.agent(person.agent_id)
        require(agent.kept_for in (None, item.work_item_id), f"R6: {label}: is kept for another")
        require(not item.excludes(person.agent_id), f"R12: {label}: refused it")
        require(floor.has_room(person, item.channel, item.weight), f"R17, R18: {label}: no room")
        # Whom it is kept for by now was the right one when the hold began (R11).
        is_held = item.hold_agent_id is not None
        if opened.why.chosen_for != "transfer" and not is_held:
            require(floor.is_for(item, person), f"R10: {label}: is not for them")
        if opened.why.chosen_for in ("last_agent", "transfer"):
            require(item.hold_agent_id in (None, person.agent_id), f"R11: {label}: kept for other")
        queue = _queue(floor, item)
        at_most = 1
        if queue is not None and queue.offer.mode is OfferMode.BROADCAST:
            at_most = queue.offer.agents
        require(len(item.offered) < at_most or queue is None, f"R15: {label}: too many are asked")

    def _check_agent(self, scene: Scene, floor: Floor, item: WorkItem, chosen: Person) -> None:
        asked = {agent_id for agent_id, _ in item.offered}
        orders = {
            person.agent_id: self._order_of(scene, floor, item, person)
            for person in floor.present()
            if person.agent_id not in asked and floor.could_take(item, person)
        }
        best = min(orders, key=lambda agent_id: orders[agent_id])
        if best != chosen.agent_id:
            told = f"{chosen.agent_id} {orders[chosen.agent_id]} before {best} {orders[best]}"
            raise BrokenPromiseError(f"policy: {item.work_item_id} asks {told}")

    def _order_of(self, scene: Scene, floor: Floor, item: WorkItem, person: Person) -> Order:
        queue = _queue(floor, item)
        policy = queue.policy if queue is not None else AgentPolicy.LONGEST_IDLE
        score = 0
        if policy is AgentPolicy.LEAST_OCCUPIED:
            capacity = person.capacity
            score = 1_000 * floor.load(person.agent_id) // capacity if capacity else 1_000
        elif policy is AgentPolicy.MOST_PROFICIENT:
            skills = {*item.requires, *item.prefers}
            score = -sum(person.skills.get(skill, 0) for skill in skills)
        elif policy is AgentPolicy.ROUND_ROBIN:
            last = self._last_turn
            names = sorted(floor.people, key=lambda name: (name <= last, name))
            score = names.index(person.agent_id)
        idle_since_ms = scene.idle_since_ms[*floor.key, person.agent_id]
        return (self._tier(floor, item, person), score, idle_since_ms, person.agent_id)

    def _tier(self, floor: Floor, item: WorkItem, person: Person) -> int:
        """Earlier agents before later ones where the queue says so, the preferred ones first."""
        liked = 0 if _likes(item, person, item.requires) else 1
        queue = _queue(floor, item)
        if queue is None or not queue.prefers_earlier_agents or not item.step:
            return liked
        plan = floor.desk.plans.get(item.plan_id, ())
        widened = {name for step in plan[: item.step] for name in step.widen_to_queues}
        requires = self._first_requires[item.work_item_id]
        queues = {item.queue_id, *item.also_queues} - (widened - {item.queue_id})
        if queues & person.queues and has_skills(person, requires):
            return 0 if _likes(item, person, requires) else 1
        return 2 + liked

    def _check_item(
        self, floor: Floor, item: WorkItem, person: Person, opened: d.ReservationOpened
    ) -> None:
        could = [one for one in floor.waiting() if floor.could_take(one, person)]
        credits_after: dict[str, int] = {}
        if person.weights:
            could, credits_after = self._by_weights(floor, could, person)
        best = min(could, key=lambda one: _item_order(one, person))
        if best.work_item_id != item.work_item_id:
            told = f"{_item_order(item, person)} before {_item_order(best, person)}"
            raise BrokenPromiseError(f"R4: {person.agent_id} gets {told}")
        require(opened.credits == credits_after, f"R8: balances of {person.agent_id}")

    def _by_weights(
        self, floor: Floor, could: list[WorkItem], person: Person
    ) -> tuple[list[WorkItem], dict[str, int]]:
        first_class = min(item.strict_class for item in could)
        by_queue: dict[str, list[WorkItem]] = {}
        for item in could:
            if item.strict_class == first_class:
                by_queue.setdefault(_queue_for(item, person), []).append(item)
        before = self._credits.get((*floor.key, person.agent_id), {})
        gains = {queue_id: person.weights.get(queue_id, 1) for queue_id in by_queue}
        after = {queue_id: before.get(queue_id, 0) + gain for queue_id, gain in gains.items()}
        turn = min(after, key=lambda queue_id: (-after[queue_id], queue_id))
        after[turn] -= sum(gains.values())
        return by_queue[turn], {**before, **after}

    def _take_turn(self, opened: d.ReservationOpened) -> None:
        desk = desk_of(opened)
        if opened.credits:
            self._credits[*desk, opened.agent_id] = opened.credits
        if opened.why.chosen_for == "policy" and opened.why.policy == AgentPolicy.ROUND_ROBIN:
            self._ring[*desk, opened.queue_id] = opened.agent_id


def _queue(floor: Floor, item: WorkItem) -> QueueConfiguration | None:
    queues = floor.configuration.queues
    return next((queue for queue in queues if queue.queue_id == item.queue_id), None)


def _likes(item: WorkItem, person: Person, requires: dict[str, int]) -> bool:
    return has_skills(person, requires) and has_skills(person, item.prefers)


def _queue_for(item: WorkItem, person: Person) -> str:
    """Under which of their queues the agent sees the item."""
    mine = [name for name in (item.queue_id, *item.also_queues) if name in person.queues]
    return mine[0] if mine else item.queue_id


def _item_order(item: WorkItem, person: Person) -> tuple[int, int, int, int]:
    rank = person.ranks.get(_queue_for(item, person), RANK_OF_LENT)
    if item.has_best_rank:
        rank = 0
    elif person.weights:
        rank = 1
    return (item.strict_class, rank, item.virtual_time_ms, item.sequence)
