"""What a desk's configuration makes of its bench: who belongs to which population, with what needs.

All requirements that the configuration can lead to are known beforehand, so that agents are
divided into classes once and not each time an item needs something new.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import chain, islice

from libs.common.calendars import compile_calendar
from libs.common.contracts.configuration import (
    DeskConfiguration,
    QueueConfiguration,
    Route,
    Step,
)
from libs.common.contracts.terms import AgentPolicy
from services.router.core.bench import Bench
from services.router.core.capacity import Kinds
from services.router.core.entities import Plan, WorkItem
from services.router.core.policies import Routes
from services.router.core.populations import Population, Requires
from services.router.core.profiles import Profile, Profiles
from services.router.core.queueing import Lines
from services.router.core.relaxing import Reach, reach_of, relax
from services.router.core.shifts import shifts_of
from services.router.core.state import DeskIndex

ANYONE = "*"
OF_QUEUE = "queue/"
REQUIREMENTS_KNOWN_MAX = 4_096
Asked = tuple[Reach, dict[str, int]]


def population_of_queue(queue_id: str) -> str:
    """The name of the population of a queue's agents."""
    return f"{OF_QUEUE}{queue_id}"


def population_of_group(agent_group_id: str) -> str:
    """The name of the population of a group's agents."""
    return f"group/{agent_group_id}"


def populations_of(index: DeskIndex, reach: Reach) -> tuple[Population, ...]:
    """Whom a reach asks together, told apart by what its queue's policy looks at.

    Most are known from the document. An item may ask others: those of an escalation, or of a
    document that is no longer in force (R24).
    """
    bench, queue = index.bench, index.queues.get(reach.queue_id)
    policy = queue.policy if queue is not None else AgentPolicy.LONGEST_IDLE
    populations = []
    for name in names_of(reach):
        population = bench.populations.get(name)
        if population is None:
            if name.startswith(OF_QUEUE):
                continue  # The configuration no longer has it.
            population = bench.open(name, _members_of(index, name), policies=(policy,))
        bench.compare(population, policy)
        populations.append(population)
    return tuple(populations)


def asked_by(index: DeskIndex, item: WorkItem) -> tuple[tuple[Population, ...], Requires]:
    """Whom the item asks and what of them, as its line knows if it stands in one."""
    line = index.lines.line_with(item.work_item_id)
    if line is not None:
        return line.populations, line.signature.requires
    reach = reach_of(item)
    return populations_of(index, reach), reach.requires


def names_of(reach: Reach) -> list[str]:
    """The names of the populations that a reach asks."""
    if reach.is_for_anyone:
        return [ANYONE]
    names = [population_of_queue(name) for name in (reach.queue_id, *reach.also_queues)]
    return names + [population_of_group(name) for name in reach.also_groups]


def combined(queue: QueueConfiguration, route: Route | None) -> tuple[dict[str, int], ...]:
    """What an item of this route needs and would like: the higher level of queue and route."""
    needs = []
    for own, more in (
        (queue.requires, route.requires if route is not None else {}),
        (queue.prefers, route.prefers if route is not None else {}),
    ):
        merged = dict(own)
        for skill, level in more.items():
            merged[skill] = max(level, merged.get(skill, 0))
        needs.append(merged)
    return tuple(needs)


def preferred(requires: Requires, prefers: dict[str, int]) -> Requires:
    """The requirement that those who are asked first meet."""
    merged = dict(requires)
    for skill, level in prefers.items():
        merged[skill] = max(level, merged.get(skill, 0))
    return tuple(sorted(merged.items()))


def index_desk_parts(
    index: DeskIndex, desk: DeskConfiguration, plans: dict[str, Plan] | None = None
) -> None:
    """Build lines, kinds, profiles and bench for a configuration; nobody is seated yet.

    `plans` are the steps by plan id, those of earlier versions too that items still go through.
    """
    index.clocks = {one.calendar_id: compile_calendar(one) for one in desk.calendars}
    index.shifts = shifts_of(desk)
    index.queues = {queue.queue_id: queue for queue in desk.queues}
    index.profiles = Profiles(desk)
    index.kinds = Kinds(desk)
    index.routes = Routes(desk)
    index.lines, index.unkept = Lines(), Lines()
    index.bench = Bench()
    reaches = chain(_reaches(desk), _reaches_of_plans(index, plans or {}))
    for name, known in _known(index, reaches).items():
        index.bench.open(
            name,
            _members_of(index, name),
            policies=known.policies,
            requirements=islice(known.requirements, REQUIREMENTS_KNOWN_MAX),
        )


def _members_of(index: DeskIndex, name: str) -> dict[Profile, int]:
    """How many agents of each profile the configuration has in this population."""
    return {
        profile: len(agents)
        for profile, agents in index.profiles.members.items()
        if name == ANYONE
        or name in map(population_of_queue, profile.queues)
        or name in map(population_of_group, profile.groups)
    }


class _Known:
    """By which policies a population is asked, and what of its agents."""

    def __init__(self) -> None:
        self.policies: set[AgentPolicy] = set()
        self.requirements: dict[Requires, None] = {}


def _known(index: DeskIndex, reaches: Iterable[Asked]) -> dict[str, _Known]:
    """All that the routes, transfers and steps can lead to, by population."""
    found = {population_of_queue(queue_id): _Known() for queue_id in index.queues}
    for reach, prefers in reaches:
        for name in names_of(reach):
            known = found.setdefault(name, _Known())
            known.policies.add(index.queues[reach.queue_id].policy)
            known.requirements[reach.requires] = None
            known.requirements[preferred(reach.requires, prefers)] = None
    return found


def _reaches(desk: DeskConfiguration) -> Iterator[Asked]:
    queues = {queue.queue_id: queue for queue in desk.queues}
    routes: list[tuple[QueueConfiguration, Route | None]] = [
        (queues[route.queue], route) for _, route in desk.routes()
    ]
    routes += [(queue, None) for queue in desk.queues]
    for queue, route in routes:
        requires, prefers = combined(queue, route)
        reach = Reach(queue.queue_id, tuple(sorted(requires.items())))
        yield reach, prefers
        if queue.overflow is not None:
            reach = reach._replace(also_queues=(queue.overflow.to,))
            yield reach, prefers
        for step in queue.steps:
            reach = relax(reach, step)
            yield reach, prefers


def _reaches_of_plans(index: DeskIndex, plans: dict[str, Plan]) -> Iterator[Asked]:
    """Whom items ask that go through the steps of an earlier version (R24), from any queue."""
    now = [queue.steps for queue in index.queues.values()]
    for _, plan in sorted(plans.items()):
        for queue in index.queues.values() if plan not in now else ():
            requires, prefers = combined(queue, None)
            reach = Reach(queue.queue_id, tuple(sorted(requires.items())))
            for step in plan:
                reach = relax(reach, without_lost_queues(step, index.queues))
                yield reach, prefers


def without_lost_queues(step: Step, queues: Container[str]) -> Step:
    """The step where its queue is gone that it moved items to: they stay where they are."""
    if step.move_to is None or step.move_to in queues:
        return step
    return step.model_copy(update={"move_to": None})
