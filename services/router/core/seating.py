"""What a desk's configuration makes of its bench: who belongs to which population, with what needs.

All requirements that the configuration can lead to are known beforehand, so that agents are
divided into classes once and not each time an item needs something new.
"""

from collections.abc import Container, Iterator

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
from services.router.core.populations import Looks, Population, Requires
from services.router.core.profiles import Profile, Profiles
from services.router.core.queueing import Lines
from services.router.core.relaxing import Reach, reach_of, relax
from services.router.core.shifts import shifts_of
from services.router.core.state import DeskIndex

ANYONE = "*"
REQUIREMENTS_KNOWN_MAX = 4_096
Asked = tuple[Reach, dict[str, int]]


def population_of_queue(queue_id: str) -> str:
    """The name of the population of a queue's agents."""
    return f"queue/{queue_id}"


def population_of_group(agent_group_id: str) -> str:
    """The name of the population of a group's agents."""
    return f"group/{agent_group_id}"


def populations_of(index: DeskIndex, reach: Reach) -> tuple[Population, ...]:
    """Whom a reach asks together; what the configuration no longer has is left out."""
    populations = index.bench.populations
    return tuple(populations[name] for name in names_of(reach) if name in populations)


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
    reaches = [*_reaches(desk), *_reaches_of_escalations(desk)]
    reaches += _reaches_of_plans(index, plans or {})
    names = _population_names(desk, reaches)
    asked_by = _policies(index, reaches, names)
    index.bench.populations = {name: Population(_looks(asked_by[name])) for name in names}
    for profile, agents in index.profiles.members.items():
        index.bench.join(profile, _names_for(profile, names), agents=len(agents))
    for name, requirements in _requirements(index, reaches).items():
        index.bench.populations[name].divide(requirements[:REQUIREMENTS_KNOWN_MAX])


def _population_names(desk: DeskConfiguration, reaches: list[Asked]) -> list[str]:
    """Every queue's agents, and whoever else a step may ask."""
    names = [population_of_queue(queue.queue_id) for queue in desk.queues]
    asked = {name for reach, _ in reaches for name in names_of(reach)}
    return [*names, *sorted(asked - set(names))]


def _names_for(profile: Profile, names: list[str]) -> list[str]:
    mine = {population_of_queue(queue_id) for queue_id in profile.queues}
    mine |= {population_of_group(name) for name in profile.groups} | {ANYONE}
    return [name for name in names if name in mine]


def _looks(policies: set[AgentPolicy]) -> Looks:
    return Looks(
        occupancy=AgentPolicy.LEAST_OCCUPIED in policies,
        levels=AgentPolicy.MOST_PROFICIENT in policies,
        ring=AgentPolicy.ROUND_ROBIN in policies,
    )


def _policies(
    index: DeskIndex, reaches: list[Asked], names: list[str]
) -> dict[str, set[AgentPolicy]]:
    """The policies of the queues whose items ask each population."""
    policies: dict[str, set[AgentPolicy]] = {name: set() for name in names}
    for reach, _ in reaches:
        for name in names_of(reach):
            policies[name].add(index.queues[reach.queue_id].policy)
    return policies


def _requirements(index: DeskIndex, reaches: list[Asked]) -> dict[str, list[Requires]]:
    """All that the routes, transfers and steps can lead to, by population."""
    found: dict[str, dict[Requires, None]] = {name: {} for name in index.bench.populations}
    for reach, prefers in reaches:
        for name in names_of(reach):
            found[name][reach.requires] = None
            found[name][preferred(reach.requires, prefers)] = None
    return {name: list(requirements) for name, requirements in found.items()}


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


def _reaches_of_escalations(desk: DeskConfiguration) -> Iterator[Asked]:
    """Whom levels of escalation may ask, all together: populations must be known beforehand.

    What they then require of them is found out when it is first asked.
    """
    levels = (level for policy in desk.escalation_policies for level in policy.levels)
    steps = [step for level in levels if (step := level.actions.step()) is not None]
    also_queues = tuple(sorted({name for step in steps for name in step.widen_to_queues}))
    also_groups = tuple(sorted({name for step in steps for name in step.widen_to_groups}))
    for queue in desk.queues if steps else ():
        requires, prefers = combined(queue, None)
        own = Reach(queue.queue_id, tuple(sorted(requires.items())))
        yield own._replace(also_queues=also_queues, also_groups=also_groups), prefers
        if any(step.anyone for step in steps):
            yield own._replace(is_for_anyone=True), prefers


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
