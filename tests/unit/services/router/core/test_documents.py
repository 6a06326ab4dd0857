"""Entities from their saved documents: what was saved is read back as it was."""

from dataclasses import fields
from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter, ValidationError

from libs.common.contracts.decisions import RunnerUp, Why
from libs.common.contracts.terms import (
    HoldKind,
    ParticipantKind,
    ReservationOutcome,
    WorkItemState,
)
from services.router.core.documents import read_entity
from services.router.core.entities import WorkItem
from services.router.core.state import Change, PartitionState

WHY = Why(
    policy="longest_idle",
    configuration_version=1,
    idle_since_ms=1,
    waited_ms=2,
    runners_up=(RunnerUp(agent_id="bob", idle_since_ms=3, score=4),),
    passed_over={"busy": 2},
)
PLAIN = WorkItem(
    tenant_id="acme",
    desk_id="support",
    work_item_id="itm_1",
    conversation_id="cnv_1",
    state=WorkItemState.QUEUED,
    queue_id="general",
    requires={"billing": 2},
    channel="web_chat",
    weight=2,
    strict_class=5,
    virtual_time_ms=100,
    waiting_since_ms=90,
    sequence=7,
    rule_id="default",
)
FULL: dict[str, object] = {
    "state": WorkItemState.RESERVED,
    "also_queues": ("sales",),
    "also_groups": ("night",),
    "offered": [("ann", "itm_1.1")],
    "whys": {"ann": WHY},
    "ended_offers": [("itm_1.0", ReservationOutcome.TIMED_OUT)],
    "hold_kind": HoldKind.TRANSFER,
    "participants": {"cem": (ParticipantKind.CONSULTANT, 1)},
    "refusals": [("dan", 500)],
    "step_due_ms": 12,
}


def _saved(item: WorkItem) -> Change:
    state = PartitionState()
    state.add(item, item.work_item_id)
    [change] = state.take_changes()
    return change


def _document(item: WorkItem) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(_saved(item).document or b"")
    return document


def _item(**changes: object) -> WorkItem:
    known = {one.name: getattr(PLAIN, one.name) for one in fields(WorkItem)}
    return WorkItem(**{**known, **changes})


@pytest.mark.parametrize("changes", [{}, FULL, *({name: FULL[name]} for name in FULL)])
def test_a_work_item_is_read_as_it_was_saved(changes: dict[str, object]) -> None:
    """Just as pydantic would read it, types included."""
    item = _item(**changes)

    found, key = read_entity(_saved(item))

    assert (found, key) == (item, ("itm_1",))
    assert repr(found) == repr(TypeAdapter(WorkItem).validate_python(_document(item)))


def test_an_item_of_an_older_or_newer_release_is_read_as_well() -> None:
    """What is missing has its default, what is unknown is left out."""
    document = _document(PLAIN)
    del document["replied_ms"]
    document["from_the_future"] = 1

    change = Change("work_item", "itm_1", orjson.dumps(document))
    assert read_entity(change) == (PLAIN, ("itm_1",))


@pytest.mark.parametrize("document", [None, b"", b"[]", b"{}", b'{"state": "queued"}'])
def test_a_foreign_document_is_an_error(document: bytes | None) -> None:
    """Nothing is made up."""
    with pytest.raises(ValidationError):
        read_entity(Change("work_item", "itm_1", document))
