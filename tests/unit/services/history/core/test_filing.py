"""What is kept of what was said."""

from dataclasses import replace

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import DeliveryOutcome
from services.history.core.changes import (
    Change,
    ConversationChange,
    DeliveryChange,
    Entry,
    LinkChange,
)
from services.history.core.positions import Log, Place
from services.history.core.projection import changes_of
from tests.unit.services.history.builders import (
    ANN,
    ANN_MAIL,
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


def project(*made: AnyDecision) -> list[Change]:
    """The changes of these decisions of event 1."""
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    return list(changes_of(decided(1, *made), place))


def entry_in(changes: list[Change]) -> Entry:
    """The one entry among them."""
    (entry,) = (change for change in changes if isinstance(change, Entry))
    return entry


def fields_in(changes: list[Change]) -> dict[str, object]:
    """What the conversation's one change says."""
    (change,) = (change for change in changes if isinstance(change, ConversationChange))
    return dict(change.fields)


def test_opened_conversation_is_new_and_open() -> None:
    """Its first record makes it, under the contact point it began at."""
    changes = project(opened())

    (change,) = (change for change in changes if isinstance(change, ConversationChange))
    assert change.is_new
    assert fields_in(changes)["state"] == "open"
    assert fields_in(changes)["contact_point_id"] == ANN
    assert entry_in(changes).kind == "conversation_opened"


def test_message_keeps_its_content_sequence_and_sender() -> None:
    """The decision's own content is what stands in the transcript."""
    entry = entry_in(project(message(3, "wo ist mein Paket?")))

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

    entry = entry_in(project(crossed))

    assert entry.party is not None
    assert entry.party.contact_point_id == ANN_MAIL
    assert entry.party.customer_id == ANN_MAIL.replace("ctp_", "cus_")


def test_message_moves_the_conversation_on() -> None:
    """The read model knows how far the conversation came."""
    assert fields_in(project(message(3))) == {"last_sequence": 3, "last_ms": START_MS}


def test_reply_names_its_agent() -> None:
    """Replies stand under the contact point they go to."""
    entry = entry_in(project(reply()))

    assert (entry.kind, entry.agent_id, entry.entry_id) == ("reply", "ada", "message/rep-1")
    assert entry.party is not None
    assert entry.party.contact_point_id == ANN


def test_delivery_concerns_the_entry_of_its_reply() -> None:
    """The status ends up where the reply stands."""
    (change,) = project(delivery(DeliveryOutcome.SENT))

    assert isinstance(change, DeliveryChange)
    assert change.entry_id == entry_in(project(reply())).entry_id


def test_closed_conversation_is_closed_with_its_time() -> None:
    """Who ended it stands in the entry."""
    changes = project(closed())

    assert fields_in(changes)["state"] == "closed"
    assert fields_in(changes)["closed_ms"] == START_MS
    assert entry_in(changes).agent_id == "ada"


def test_link_is_the_same_in_both_directions() -> None:
    """Whichever contact point is named first, un-linking finds the link."""
    (made,) = project(linked(ANN, ANN_MAIL))
    (ended,) = project(unlinked(ANN_MAIL, ANN))

    assert isinstance(made, LinkChange)
    assert isinstance(ended, LinkChange)
    assert made.contact_point_ids == ended.contact_point_ids
    assert (made.is_active, ended.is_active) == (True, False)
