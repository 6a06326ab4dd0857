"""Conversations that their owner puts aside until a time: parked, with a deadline.

A snoozed item is a parked one in everything else: its customer's message ends it, its clocks stand
still if their policy says so, it costs what parking costs. When its time comes it returns like one
whose customer came back (R17): to its owner, kept for them, or into its line; its wait begins anew
with the old credit (R5).
"""

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.due_times import check_due
from services.router.core.entities import Agent, Desk, WorkItem
from services.router.core.placing import fill_agent
from services.router.core.turn import Turn
from services.router.core.work import check_may_park, return_from_customer


def snooze(turn: Turn, desk: Desk, item: WorkItem, request: e.SnoozeRequested) -> None:
    """Put the owner's work aside until then; what is put aside already gets another time.

    Refuses calls (R18), times that have passed and times that are years ahead.
    """
    check_due(turn, request.until_ms, subject_id=item.work_item_id)
    if item.state is not S.PARKED:
        check_may_park(turn, desk, item)
    turn.emit(
        d.WorkItemSnoozed(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=request.agent_id,
            held_weight=min(desk.configuration.policies.parked_weight, item.weight),
            until_ms=request.until_ms,
        )
    )
    fill_agent(turn, turn.state.need(Agent, *desk.key, request.agent_id))


def wake(turn: Turn, item: WorkItem) -> None:
    """Its time has come: it returns, to whom the rules say."""
    desk = turn.state.need(Desk, item.tenant_id, item.desk_id)
    turn.emit(
        d.WorkItemWoken(
            tenant_id=desk.tenant_id,
            desk_id=desk.desk_id,
            work_item_id=item.work_item_id,
            conversation_id=item.conversation_id,
            agent_id=item.agent_id or "",
            due_ms=item.until_ms or 0,
        )
    )
    return_from_customer(turn, desk, item)
