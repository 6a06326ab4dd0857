"""What falls due for a conversation besides its promises: when it is woken, when its customer is
reminded, when it is closed, what its customer was promised.
"""

from dataclasses import dataclass
from typing import Literal

from libs.common.contracts.terms import SlaTarget
from libs.common.contracts.terms import WorkItemState as S
from services.router.core.aftercare import FollowUp
from services.router.core.entities import Conversation, WorkItem
from services.router.core.state import PartitionState


@dataclass(frozen=True, slots=True, kw_only=True)
class NextFiring:
    """What fires if nothing changes, and when: a clock is `at_risk` or `breached`, a `level`
    escalates, what was put aside is `woken`, a silent customer gets a `reminder` or the `closing`,
    a promised `follow_up` is due.
    """

    what: Literal["at_risk", "breached", "level", "woken", "reminder", "closing", "follow_up"]
    at_ms: int
    target: SlaTarget | None = None
    level: int | None = None


def timers_of(state: PartitionState, conversation_id: str) -> tuple[NextFiring, ...]:
    """All that is due some time, earliest first."""
    item = _item_of(state, conversation_id)
    found: list[NextFiring] = []
    if item is not None and item.state is S.PARKED and item.until_ms is not None:
        found.append(NextFiring(what="woken", at_ms=item.until_ms))
    if item is not None and item.silence_due_ms is not None:
        what: Literal["reminder", "closing"] = "closing" if item.is_reminded else "reminder"
        found.append(NextFiring(what=what, at_ms=item.silence_due_ms))
    follow_up = state.get(FollowUp, conversation_id)
    if follow_up is not None:
        found.append(NextFiring(what="follow_up", at_ms=follow_up.due_ms))
    return tuple(sorted(found, key=lambda one: (one.at_ms, one.what)))


def is_snoozed(state: PartitionState, conversation_id: str) -> bool:
    """Whether the conversation is put aside until a time."""
    return any(one.what == "woken" for one in timers_of(state, conversation_id))


def _item_of(state: PartitionState, conversation_id: str) -> WorkItem | None:
    conversation = state.get(Conversation, conversation_id)
    if conversation is None or conversation.work_item_id is None:
        return None
    return state.need(WorkItem, conversation.work_item_id)
