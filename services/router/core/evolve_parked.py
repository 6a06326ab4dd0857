"""How decisions change work that waits for a time, or for a customer who says nothing."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.entities import WorkItem
from services.router.core.evolve_items import change_item
from services.router.core.state import PartitionState


def snooze_item(state: PartitionState, snoozed: d.WorkItemSnoozed) -> None:
    """The item is put aside until then, or has another time."""
    is_parked = state.need(WorkItem, snoozed.work_item_id).state is S.PARKED
    change_item(
        state,
        snoozed.work_item_id,
        None if is_parked else S.PARKED,
        held_units=snoozed.held_weight,
        until_ms=snoozed.until_ms,
        silence_due_ms=None,
        is_reminded=False,
    )


def wake_item(state: PartitionState, woken: d.WorkItemWoken) -> None:
    """Its time has come and will not come again; where it goes is another decision."""
    change_item(state, woken.work_item_id, None, until_ms=None)


def remind(state: PartitionState, reminded: d.InactivityReminded) -> None:
    """The customer is reminded once; what is due next, if anything, is the end."""
    change_item(
        state,
        reminded.work_item_id,
        None,
        is_reminded=True,
        silence_due_ms=reminded.close_due_ms,
    )


def end_for_silence(state: PartitionState, closed: d.InactivityClosed) -> None:
    """Nothing more is due of the silence; the conversation's end is another decision."""
    change_item(state, closed.work_item_id, None, silence_due_ms=None)
