"""What is kept of what was said."""

from dataclasses import replace

from libs.common.contracts.decisions import AnyDecision, ConversationReopened
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.identifiers import customer_id_of
from services.history.core.changes import Entry, Scalar, Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import project
from tests.unit.services.history.builders import (
    ANN,
    ANN_MAIL,
    AT,
    CONVERSATION,
    START_MS,
    address,
    closed,
    delivery,
    linked,
    message,
    opened,
    reply,
    unlinked,
)
from tests.unit.services.history.logs import decided


def projected(*made: AnyDecision) -> Writes:
    """What these decisions of event 1 change."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    project(decided(1, *made), place, writes)
    return writes


def entry_in(writes: Writes) -> Entry:
    """The one entry."""
    (entry,) = writes.entries.values()
    return entry


def fields_in(writes: Writes) -> dict[str, Scalar]:
    """What the one conversation's change says."""
    (change,) = writes.conversations.values()
    return change.fields


def test_opened_conversation_is_new_and_open() -> None:
    """Its first record makes it, under the contact point it began at."""
    writes = projected(opened())

    (change,) = writes.conversations.values()
    assert change.is_new
    assert change.fields["state"] == "open"
    assert change.fields["contact_point_id"] == ANN
    assert entry_in(writes).kind == "conversation_opened"


def test_message_keeps_its_content_sequence_and_sender() -> None:
    """The decision's own content is what stands in the transcript."""
    entry = entry_in(projected(message(3, "wo ist mein Paket?")))

    assert entry.entry_id == "message/msg-3"
    assert entry.conversation_id == CONVERSATION
    assert entry.sequence == 3
    assert entry.content is not None
    assert entry.content.text == "wo ist mein Paket?"
    assert entry.party is not None
    assert (entry.party.name, entry.party.address) == ("Ann", "1001")


def test_message_belongs_to_the_contact_point_that_carried_it() -> None:
    """A conversation that crosses channels leaves each contact point its own part."""
    crossed = replace(message(), reply_to=address(ANN_MAIL))

    entry = entry_in(projected(crossed))

    assert entry.party is not None
    assert entry.party.contact_point_id == ANN_MAIL
    assert entry.party.customer_id == ANN_MAIL.replace("ctp_", "cus_")


def test_message_moves_the_conversation_on() -> None:
    """The read model knows how far the conversation came."""
    assert fields_in(projected(message(3))) == {"last_sequence": 3, "last_ms": START_MS}


def test_reply_names_its_agent() -> None:
    """Replies stand under the contact point they go to."""
    entry = entry_in(projected(reply()))

    assert (entry.kind, entry.agent_id, entry.entry_id) == ("reply", "ada", "message/rep-1")
    assert entry.party is not None
    assert entry.party.contact_point_id == ANN


def test_delivery_concerns_the_entry_of_its_reply() -> None:
    """The status ends up where the reply stands."""
    (change,) = projected(delivery(DeliveryOutcome.SENT)).deliveries.values()

    assert change.entry_id == entry_in(projected(reply())).entry_id


def test_closed_conversation_is_closed_with_its_time() -> None:
    """Who ended it stands in the entry."""
    writes = projected(closed())

    assert fields_in(writes)["state"] == "closed"
    assert fields_in(writes)["closed_ms"] == START_MS
    assert entry_in(writes).agent_id == "ada"


def test_a_reopened_conversation_is_open_again() -> None:
    """It keeps its beginning, and its end is none any more."""
    made = ConversationReopened(
        **AT,
        conversation_id=CONVERSATION,
        customer_id=customer_id_of(ANN),
        contact_point_id=ANN,
        channel="telegram",
        sequence=2,
        closed_ms=START_MS,
    )

    writes = projected(made)

    fields = fields_in(writes)
    assert (fields["state"], fields["closed_ms"]) == ("open", None)
    assert "opened_ms" not in fields
    entry = entry_in(writes)
    assert (entry.kind, entry.details) == ("conversation_reopened", {"closed_ms": START_MS})


def test_link_is_the_same_in_both_directions() -> None:
    """Whichever contact point is named first, un-linking finds the link."""
    (made,) = projected(linked(ANN, ANN_MAIL)).links.values()
    (ended,) = projected(unlinked(ANN_MAIL, ANN)).links.values()

    assert made.contact_point_ids == ended.contact_point_ids
    assert (made.is_active, ended.is_active) == (True, False)
