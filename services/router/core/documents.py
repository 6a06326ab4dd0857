"""Entities from their saved documents: whatever was saved is read back as it was.

A recovery reads a hundred thousand open items and more. They are put together by hand in half of
pydantic's time, since we wrote them ourselves; for smaller entities it makes no difference. A
document that does not fit goes to pydantic as well, which knows older and newer ones and says what
is wrong with a foreign one.
"""

from typing import Any

from pydantic import TypeAdapter

from libs.common.contracts.decisions import Why
from libs.common.contracts.terms import (
    HoldKind,
    ParticipantKind,
    ReservationOutcome,
    WorkItemState,
)
from services.router.core.entities import Entity, WorkItem
from services.router.core.state import KINDS, Change, Key

_ADAPTERS = {kind: TypeAdapter(entity) for kind, entity in KINDS.items()}
_WHY = TypeAdapter(Why)
_FIELDS = frozenset(WorkItem.__dataclass_fields__)


def read_entity(change: Change) -> tuple[Entity, Key]:
    """An entity and its key from a saved document.

    Raises pydantic's ValidationError when the document is not what was saved.
    """
    key = tuple(change.id.split("/"))
    if change.kind == "work_item" and change.document and change.document.keys() == _FIELDS:
        return _work_item(change.document), key
    return _ADAPTERS[change.kind].validate_python(change.document), key


def _work_item(fields: dict[str, Any]) -> WorkItem:
    """Field by field: to call a class with forty named arguments takes three times as long."""
    item = WorkItem.__new__(WorkItem)
    for name, value in fields.items():
        setattr(item, name, value)
    item.state = WorkItemState(item.state)
    item.also_queues, item.also_groups = tuple(item.also_queues), tuple(item.also_groups)
    if item.hold_kind is not None:
        item.hold_kind = HoldKind(item.hold_kind)
    if item.offered:
        item.offered = [(agent_id, name) for agent_id, name in item.offered]
    if item.ended_offers:
        item.ended_offers = [(name, ReservationOutcome(end)) for name, end in item.ended_offers]
    if item.refusals:
        item.refusals = [(agent_id, until_ms) for agent_id, until_ms in item.refusals]
    if item.whys:
        item.whys = {name: _WHY.validate_python(why) for name, why in item.whys.items()}
    if item.participants:
        item.participants = {
            name: (ParticipantKind(kind), weight)
            for name, (kind, weight) in item.participants.items()
        }
    return item
