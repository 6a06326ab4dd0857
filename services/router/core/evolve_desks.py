"""How a new configuration changes a desk; what it means for open work follows in later ticks."""

from libs.common.contracts import decisions as d
from services.router.core.entities import Agent, Desk
from services.router.core.evolve_promises import apply_promises
from services.router.core.indexing import index_agent, index_desk, index_rematch
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
    desk.version = applied.version
    desk.configuration = applied.configuration
    desk.rematch_due_ms = state.now_ms
    _plan(state, desk)
    apply_promises(state, applied)
    for configured in applied.configuration.agents:
        if state.get(Agent, *key, configured.agent_id) is None:
            agent = Agent(tenant_id=key[0], desk_id=key[1], agent_id=configured.agent_id)
            state.add(agent, *key, configured.agent_id)
            index_agent(state, agent)
    index_desk(state, key)


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
