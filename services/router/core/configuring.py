"""A desk's new configuration: in force at once as a whole, carried out in bounded steps (R2)."""

from collections.abc import Callable, Iterator
from functools import partial

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import QueueingReason, RefusalReason
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.participants import leave_all
from services.router.core.placing import (
    fill_agent,
    keep_an_agent,
    lost_skills,
    place_deserted_items,
    queue_again,
)
from services.router.core.presence import leave, owned_by
from services.router.core.state import DeskIndex
from services.router.core.stepping import release_unfit_agent
from services.router.core.turn import Refused, Turn

DESKS_MAX = 10_000


def configure(turn: Turn, *, tenant_id: str, desk_id: str, configured: e.DeskConfigured) -> None:
    """Put the document in force. Refuses one that leaves open work without a queue."""
    desk = turn.state.get(Desk, tenant_id, desk_id)
    if desk is None and len(turn.state.tables["desk"]) >= DESKS_MAX:
        raise Refused(RefusalReason.LIMIT_REACHED, detail="desks")
    if desk is not None:
        _check_open_work(turn, desk, configured.configuration)
    turn.emit(
        d.ConfigurationApplied(
            tenant_id=tenant_id,
            desk_id=desk_id,
            version=desk.version + 1 if desk is not None else 1,
            configuration=configured.configuration,
        )
    )


def rematch(turn: Turn, desk: Desk) -> None:
    """Look at the open work under the new configuration, as much as one record may hold."""
    for step in _steps(turn, desk):
        if turn.is_full:
            return
        step()
    turn.emit(d.RematchEnded(tenant_id=desk.tenant_id, desk_id=desk.desk_id))


def _steps(turn: Turn, desk: Desk) -> Iterator[Callable[[], None]]:
    """Agents who left give back their work, lines that closed move, free agents are filled."""
    index = turn.state.index_of(desk.key)
    for agent_id in index.agents:
        agent = turn.state.need(Agent, *desk.key, agent_id)
        if agent_id not in index.profiles.of_agent:
            yield partial(_release, turn, agent)
            # One by one: an agent may own any number of parked conversations (R2).
            yield from (partial(_take_back, turn, item, agent) for item in owned_by(turn, agent))
        elif agent.kept_for is not None:
            yield partial(_keep_another, turn, turn.state.need(WorkItem, agent.kept_for))
    for work_item_id in _waiting_out_of_place(index, frozenset(desk.configuration.skills)):
        item = turn.state.need(WorkItem, work_item_id)
        if item.queue_id not in index.queues or lost_skills(desk, item):
            yield partial(queue_again, turn, item, reason=QueueingReason.MIGRATED)
    for agent_id in index.agents:
        yield partial(fill_agent, turn, turn.state.need(Agent, *desk.key, agent_id))
    # Whoever had not refused an item yet may not serve it any more (R12).
    yield partial(place_deserted_items, turn, desk)


def _waiting_out_of_place(index: DeskIndex, skills: frozenset[str]) -> list[str]:
    """The items in lines of queues or skills that are gone, and all that are kept for an agent.

    Sorted, since the order of lines in memory differs between a live and a restored state.
    """
    closed = sorted(
        (line.signature, place)
        for line in index.lines.waiting()
        if line.signature.queue_id not in index.queues
        or not skills.issuperset(skill for skill, _ in line.signature.requires)
        for place in line.places
    )
    kept = sorted(name for names in index.kept_items.values() for name in names)
    return [*(place.work_item_id for _, place in closed), *kept]


def _keep_another(turn: Turn, item: WorkItem) -> None:
    """An agent is no longer kept for an item that they don't serve or could never carry."""
    if release_unfit_agent(turn, item):
        keep_an_agent(turn, item)


def _release(turn: Turn, agent: Agent) -> None:
    """An agent who is no longer configured is asked nothing any more, and takes part in nothing."""
    leave_all(turn, agent)
    leave(turn, agent)


def _take_back(turn: Turn, item: WorkItem, agent: Agent) -> None:
    queue_again(turn, item, reason=QueueingReason.TAKEN_BACK, by_agent_id=agent.agent_id)


def _check_open_work(turn: Turn, desk: Desk, new: DeskConfiguration) -> None:
    items = [item for item in turn.state.work_items() if (item.tenant_id, item.desk_id) == desk.key]
    queues = {queue.queue_id for queue in new.queues} | set(new.migrate_to)
    lost_queues = {item.queue_id for item in items} - queues
    if lost_queues:
        raise Refused(
            RefusalReason.CONFIGURATION_CONTRADICTORY,
            subject_id=min(lost_queues),
            detail="queue has open work: name its successor in migrate_to",
        )
    skills = set(new.skills) | set(new.migrate_to)
    lost = {skill for item in items for skill in item.requires} - skills
    if lost:
        raise Refused(
            RefusalReason.CONFIGURATION_CONTRADICTORY,
            subject_id=min(lost),
            detail="skill is required by open work: name a queue for it in migrate_to",
        )
