"""How decisions change who is asked for an item, who has it, and who is kept for whom."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import AgentPolicy, HoldKind, ReservationOutcome
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.evolve_items import change_item
from services.router.core.evolve_queues import changing_pace, count_assignment, note_line
from services.router.core.indexing import index_item, index_unkept, seat_agent
from services.router.core.lifecycle import check_move
from services.router.core.state import PartitionState
from services.router.core.timers import answer_due_ms

REFUSALS_REMEMBERED_MAX = 16
ENDED_OFFERS_REMEMBERED_MAX = 8
_REFUSALS = {ReservationOutcome.REJECTED, ReservationOutcome.TIMED_OUT}


def offer_item(state: PartitionState, opened: d.ReservationOpened) -> None:
    """Hold the agent's units while the agent decides; a broadcast opens several on one item."""
    item = state.changing(WorkItem, opened.work_item_id)
    if item.state is not S.RESERVED:
        check_move(item.work_item_id, item.state, S.RESERVED)
        item.state, item.offered, item.whys = S.RESERVED, [], {}
        item.hold_agent_id, item.hold_kind = None, None
    item.offered = [*item.offered, (opened.agent_id, opened.reservation_id)]
    item.whys = {**item.whys, opened.agent_id: opened.why}
    item.offers += 1
    item.until_ms = opened.expires_at_ms
    if opened.credits:
        agent = state.changing(Agent, opened.tenant_id, opened.desk_id, opened.agent_id)
        agent.credits = opened.credits
    if opened.why.policy == AgentPolicy.ROUND_ROBIN and opened.why.chosen_for == "policy":
        changing_pace(state, opened, opened.queue_id).ring_agent_id = opened.agent_id
    index_item(state, item)
    note_line(state, opened, opened.queue_id)


def end_reservation(state: PartitionState, ended: d.ReservationEnded) -> None:
    """The units are free again; a refusal is remembered for the item, silence for the agent.

    An item without any offer left stays reserved until the `WorkItemQueued`, `WorkItemAssigned` or
    `WorkItemCanceled` that always follows in the same record.
    """
    item = state.changing(WorkItem, ended.work_item_id)
    agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
    if ended.outcome is ReservationOutcome.TIMED_OUT:
        agent.unanswered += 1
    if ended.outcome in _REFUSALS:
        desk = state.need(Desk, ended.tenant_id, ended.desk_id)
        until_ms = state.now_ms + desk.configuration.policies.refusal_forgotten_after_s * 1_000
        others = [one for one in item.refusals if one[0] != ended.agent_id]
        item.refusals = [*others, (ended.agent_id, until_ms)][-REFUSALS_REMEMBERED_MAX:]
    item.offered = [one for one in item.offered if one[1] != ended.reservation_id]
    item.whys = {name: why for name, why in item.whys.items() if name != ended.agent_id}
    over = (ended.reservation_id, ended.outcome)
    item.ended_offers = [*item.ended_offers, over][-ENDED_OFFERS_REMEMBERED_MAX:]
    index_item(state, item)


def assign_item(state: PartitionState, assigned: d.WorkItemAssigned) -> None:
    """One owner: the agent's idle time begins anew and silence is forgiven."""
    item = state.changing(WorkItem, assigned.work_item_id)
    check_move(item.work_item_id, item.state, S.ASSIGNED)
    item.state, item.offered, item.until_ms = S.ASSIGNED, [], None
    item.agent_id, item.held_units = assigned.agent_id, item.weight
    item.whys = {name: why for name, why in item.whys.items() if name == assigned.agent_id}
    item.answer_due_ms = answer_due_ms(state, item)
    # Back in a line one day, the item is patient anew.
    item.patience_due_ms, item.is_passed_over = None, False
    agent = state.changing(Agent, item.tenant_id, item.desk_id, assigned.agent_id)
    agent.idle_since_ms, agent.unanswered = state.now_ms, 0
    index_item(state, item)
    seat_agent(state, agent)
    count_assignment(state, assigned, assigned.queue_id)


def open_hold(state: PartitionState, opened: d.HoldOpened) -> None:
    """An item is kept for an agent, or an agent for an item."""
    if opened.kind is HoldKind.CAPACITY:
        agent = state.changing(Agent, opened.tenant_id, opened.desk_id, opened.agent_id)
        agent.kept_for = opened.work_item_id
        seat_agent(state, agent)
        _keep(state, opened.work_item_id, opened.agent_id)
        return
    change_item(
        state,
        opened.work_item_id,
        None,
        hold_agent_id=opened.agent_id,
        hold_kind=opened.kind,
        until_ms=opened.until_ms,
    )
    _note_line(state, opened)


def end_hold(state: PartitionState, ended: d.HoldEnded) -> None:
    """They are no longer kept for each other."""
    if ended.kind is not HoldKind.CAPACITY:
        fields = {"hold_agent_id": None, "hold_kind": None, "until_ms": None}
        change_item(state, ended.work_item_id, None, **fields)
        _note_line(state, ended)
        return
    agent = state.changing(Agent, ended.tenant_id, ended.desk_id, ended.agent_id)
    agent.kept_for = None
    seat_agent(state, agent)
    _keep(state, ended.work_item_id, None)


def _keep(state: PartitionState, work_item_id: str, agent_id: str | None) -> None:
    """The agent, or nobody any longer, is kept for the item."""
    item = state.changing(WorkItem, work_item_id)
    item.capacity_agent_id = agent_id
    index_unkept(state, item)


def _note_line(state: PartitionState, hold: d.HoldOpened | d.HoldEnded) -> None:
    """An item that is kept for somebody stands in no line."""
    note_line(state, hold, state.need(WorkItem, hold.work_item_id).queue_id)


def join(state: PartitionState, joined: d.ParticipantJoined) -> None:
    """Somebody takes part and carries their share."""
    item = state.need(WorkItem, joined.work_item_id)
    participants = {**item.participants, joined.agent_id: (joined.kind, joined.weight)}
    change_item(state, joined.work_item_id, None, participants=participants)


def remove_participant(state: PartitionState, removed: d.ParticipantRemoved) -> None:
    """They no longer do."""
    item = state.need(WorkItem, removed.work_item_id)
    participants = {
        agent_id: part
        for agent_id, part in item.participants.items()
        if agent_id != removed.agent_id
    }
    change_item(state, removed.work_item_id, None, participants=participants)


def change_owner(state: PartitionState, changed: d.OwnerChanged) -> None:
    """The successor owns the conversation at its full weight."""
    item = state.need(WorkItem, changed.work_item_id)
    participants = {
        agent_id: part
        for agent_id, part in item.participants.items()
        if agent_id != changed.agent_id
    }
    change_item(
        state,
        changed.work_item_id,
        None,
        agent_id=changed.agent_id,
        held_units=item.weight,
        participants=participants,
        whys={},
        # Whoever owed an answer left; the successor has as long as anybody.
        answer_due_ms=None if item.answer_due_ms is None else answer_due_ms(state, item),
    )
