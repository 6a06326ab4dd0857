"""How a new configuration changes a desk; what it means for open work follows in later ticks."""

from collections.abc import Iterable

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import ShiftPhase
from services.router.core.entities import Agent, Desk, DeskKey, QueuePace
from services.router.core.evolve_alerts import drop_idle
from services.router.core.evolve_promises import apply_promises
from services.router.core.evolve_queues import changing_pace
from services.router.core.indexing import index_agent, index_desk, index_hours, index_rematch
from services.router.core.shifts import Shift
from services.router.core.state import PartitionState


def apply_configuration(state: PartitionState, applied: d.ConfigurationApplied) -> None:
    """The document is in force as a whole, and the open work is due to be looked at again."""
    key = (applied.tenant_id, applied.desk_id)
    if state.get(Desk, *key) is None:
        desk = Desk(
            tenant_id=applied.tenant_id,
            desk_id=applied.desk_id,
            version=applied.version,
            configuration=applied.configuration,
        )
        state.add(desk, *key)
    desk = state.changing(Desk, *key)
    shifts_before, queues_before = state.index_of(key).shifts, state.index_of(key).queues
    desk.version = applied.version
    desk.configuration = applied.configuration
    desk.rematch_due_ms = state.now_ms
    _plan(state, desk)
    apply_promises(state, applied)
    drop_idle(state, key)
    for configured in applied.configuration.agents:
        if state.get(Agent, *key, configured.agent_id) is None:
            agent = Agent(tenant_id=key[0], desk_id=key[1], agent_id=configured.agent_id)
            state.add(agent, *key, configured.agent_id)
            index_agent(state, agent)
    index_desk(state, key)
    _look_at_shifts(state, key, shifts_before)
    _look_at_hours(state, applied, queues_before)


def _look_at_shifts(state: PartitionState, key: DeskKey, before: dict[str, Shift]) -> None:
    """Who has another shift than before is looked at by the next tick; who has none is on."""
    after = state.index_of(key).shifts
    for agent_id in sorted(before.keys() | after.keys()):
        if before.get(agent_id) != after.get(agent_id):
            agent = state.changing(Agent, *key, agent_id)
            was_present = agent.is_present
            agent.shift_due_ms = state.now_ms if agent_id in after else None
            agent.shift = agent.shift if agent_id in after else ShiftPhase.ON
            if agent.is_present and not was_present:
                agent.idle_since_ms = state.now_ms
            index_agent(state, agent)


def _look_at_hours(
    state: PartitionState, applied: d.ConfigurationApplied, before: Iterable[str]
) -> None:
    """Every queue with a calendar is looked at by the next tick; one without, or gone, is open."""
    calendars = {queue.queue_id: queue.calendar for queue in applied.configuration.queues}
    for queue_id in sorted({*before, *calendars}):
        has_calendar = calendars.get(queue_id) is not None
        pace = state.get(QueuePace, applied.tenant_id, applied.desk_id, queue_id)
        if has_calendar or (pace is not None and pace.hours_due_ms is not None):
            pace = changing_pace(state, applied, queue_id)
            pace.hours_due_ms = state.now_ms if has_calendar else None
            pace.is_closed = pace.is_closed and has_calendar
            index_hours(state, pace)


def end_rematch(state: PartitionState, ended: d.RematchEnded) -> None:
    """All open work was looked at."""
    desk = state.changing(Desk, ended.tenant_id, ended.desk_id)
    desk.rematch_due_ms = None
    index_rematch(state, desk)


def _plan(state: PartitionState, desk: Desk) -> None:
    """Steps that changed are a new plan; an old one stays while items go through it (R24)."""
    used = {
        item.plan_id for item in state.work_items() if (item.tenant_id, item.desk_id) == desk.key
    }
    plan_of: dict[str, str] = {}
    for queue in desk.configuration.queues:
        if not queue.steps:
            continue
        before = desk.plan_of.get(queue.queue_id, "")
        is_same = desk.plans.get(before) == queue.steps
        plan_of[queue.queue_id] = before if is_same else f"{queue.queue_id}@{desk.version}"
        desk.plans[plan_of[queue.queue_id]] = queue.steps
    desk.plan_of = plan_of
    kept = used | set(plan_of.values())
    desk.plans = {plan_id: plan for plan_id, plan in sorted(desk.plans.items()) if plan_id in kept}
