"""How decisions change work that waits for a time."""

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
    )


def wake_item(state: PartitionState, woken: d.WorkItemWoken) -> None:
    """Its time has come and will not come again; where it goes is another decision."""
    change_item(state, woken.work_item_id, None, until_ms=None)
