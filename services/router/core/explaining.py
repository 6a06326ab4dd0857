"""Why this agent: what a decision says about those who were chosen and those who were not (R28)."""

from libs.common.contracts.decisions import RunnerUp, Why
from libs.common.contracts.terms import AgentPolicy
from services.router.core.entities import Desk, WorkItem
from services.router.core.matching import RUNNERS_UP_MAX, Candidate
from services.router.core.seating import asked_by, population_of_queue
from services.router.core.state import DeskIndex, PartitionState

POLICY = "policy"


def explain(
    state: PartitionState,
    item: WorkItem,
    chosen: Candidate,
    others: list[Candidate],
    *,
    chosen_for: str = POLICY,
) -> Why:
    """Why the chosen agent gets the item, and not the others."""
    desk = state.need(Desk, item.tenant_id, item.desk_id)
    index = state.index_of(desk.key)
    # A removed queue's items are still on their way to another one.
    queue = index.queues.get(item.queue_id)
    policy = queue.policy if queue is not None else AgentPolicy.LONGEST_IDLE
    return Why(
        policy=policy.value,
        configuration_version=desk.version,
        idle_since_ms=chosen.idle_since_ms,
        waited_ms=state.now_ms - item.waiting_since_ms,
        runners_up=tuple(
            RunnerUp(agent_id=other.agent_id, idle_since_ms=other.idle_since_ms, score=other.score)
            for other in others[:RUNNERS_UP_MAX]
        ),
        passed_over=count_passed_over(index, item),
        step=item.step,
        score=chosen.score,
        chosen_for=chosen_for,
    )


def count_passed_over(index: DeskIndex, item: WorkItem) -> dict[str, int]:
    """The queue's agents by the first reason why they can't have the item; zeros left out.

    From counters that are kept anyway: nobody is looked at. Agents whom a step added from other
    queues and groups are not counted.
    """
    population = index.bench.populations.get(population_of_queue(item.queue_id))
    if population is None:
        return {}
    kind = index.kinds.kind_of(item.channel, item.weight)
    _, requires = asked_by(index, item)
    skilled, present, with_room = index.bench.count(population, requires, kind.bit)
    seats = [index.bench.seat_of(agent_id) for agent_id, _ in item.refusals]
    passed_over = {
        "without_skill": population.configured - skilled,
        "absent": skilled - present,
        "busy": present - with_room,
        "refused": sum(seat is not None and bool(seat.room & kind.bit) for seat in seats),
    }
    return {reason: count for reason, count in passed_over.items() if count > 0}
