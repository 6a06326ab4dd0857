"""What decides which function projects what."""

from dataclasses import replace

import pytest

from libs.common.contracts.decisions import DECISION_TYPES, EventRefused, TakeBackEnded
from libs.common.contracts.events import AgentPresenceSet
from libs.common.contracts.terms import Presence, RefusalReason
from libs.common.contracts.wire import decode_event
from libs.common.errors import UnprocessableError
from services.history.core.changes import Origin, Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import PROJECTIONS, SILENT, entry_of, project
from tests.unit.services.history.builders import ANN, AT, START_MS, message, opened
from tests.unit.services.history.logs import decided, order_event

PLACE = Place(log=Log.DECISIONS, partition=0, offset=7, appended_ms=START_MS)


def test_every_decision_type_is_projected_or_silent() -> None:
    """A new type can't be forgotten here."""
    assert set(DECISION_TYPES.values()) == set(PROJECTIONS) | SILENT
    assert not set(PROJECTIONS) & SILENT


def test_changes_come_in_the_order_of_the_decisions() -> None:
    """Positions inside a record follow its decisions, silent ones included."""
    silent = TakeBackEnded(**AT, agent_id="ada")

    writes = Writes()
    project(decided(1, opened(), silent, message()), PLACE, writes)

    entries = list(writes.entries.values())
    assert [entry.kind for entry in entries] == ["conversation_opened", "message"]
    assert [entry.position[-3:] for entry in entries] == ["000", "002"]
    assert writes.conversations


def test_refused_event_leaves_nothing() -> None:
    """What the router refused never happened to a customer."""
    refused = EventRefused(
        **AT, reason=RefusalReason.NOT_THE_OWNER, event_type="switchboard.event.reply-sent.v1"
    )

    writes = Writes()
    project(decided(1, refused), PLACE, writes)

    assert not writes.entries
    assert not writes.conversations


def test_customer_event_becomes_an_entry_of_its_contact_point() -> None:
    """An order stands under the contact point's own customer, with the sender's time."""
    entry = entry_of(decode_event(order_event()), PLACE)

    assert entry.origin is Origin.CUSTOMER
    assert entry.kind == "order"
    assert entry.party is not None
    assert entry.party.contact_point_id == ANN
    assert entry.party.customer_id == ANN.replace("ctp_", "cus_")
    assert entry.occurred_ms == START_MS
    assert entry.attributes == {"total": 42}


def test_customer_event_without_tenant_is_refused() -> None:
    """Nothing is stored that belongs to nobody."""
    with pytest.raises(UnprocessableError):
        entry_of(decode_event(order_event(tenant_id="")), PLACE)


def test_event_of_another_kind_is_refused() -> None:
    """Routing events have no place on the customers' topic."""
    event = decode_event(order_event())
    strange = replace(event, data=AgentPresenceSet(agent_id="ada", presence=Presence.AWAY))

    with pytest.raises(UnprocessableError):
        entry_of(strange, PLACE)
