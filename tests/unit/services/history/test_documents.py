"""How changes look in MongoDB."""

from collections.abc import Mapping

from libs.common.contracts.content import Attachment, Content
from libs.common.contracts.terms import DeliveryOutcome
from libs.common.decision_log import LogPosition
from services.history import documents
from services.history.core.changes import (
    ConversationChange,
    DeliveryChange,
    Entry,
    LinkChange,
    Origin,
    Party,
    delivery_of,
)

ENTRY = Entry(
    entry_id="message/msg-1",
    position="p",
    tenant_id="acme",
    desk_id="support",
    origin=Origin.ROUTING,
    kind="message",
    appended_ms=1,
)


def test_entry_takes_no_room_for_what_it_has_not() -> None:
    """Only what is known is stored."""
    assert documents.entry_document(ENTRY) == {
        "_id": "acme/message/msg-1",
        "tenant_id": "acme",
        "desk_id": "support",
        "position": "p",
        "entry_id": "message/msg-1",
        "origin": "routing",
        "kind": "message",
        "appended_ms": 1,
    }


def test_entry_keeps_all_of_its_content() -> None:
    """Subject, attachments by reference, and that the text was cut."""
    attachment = Attachment(name="a.pdf", media_type="application/pdf", size_bytes=3)
    content = Content(text="x", subject="s", attachments=(attachment,), is_cut=True)

    document = documents.entry_document(ENTRY._replace(content=content))

    assert document["content"] == {
        "text": "x",
        "subject": "s",
        "attachments": [
            {"name": "a.pdf", "media_type": "application/pdf", "size_bytes": 3, "reference": None}
        ],
        "is_cut": True,
    }


def test_entry_names_its_party() -> None:
    """Plain text for what the contracts have types for."""
    party = Party(customer_id="cus_1", contact_point_id="ctp_1", channel="sms", name="Ann")

    document = documents.entry_document(ENTRY._replace(party=party))

    assert (document["customer_id"], document["channel"]) == ("cus_1", "sms")
    assert "address" not in document


def test_details_that_say_nothing_are_left_out() -> None:
    """Zero says something, nothing does not."""
    entry = ENTRY._replace(details={"note": None, "code": None, "waited_ms": 0})

    assert documents.entry_document(entry)["details"] == {"waited_ms": 0}


def test_delivery_compares_by_its_progress_first() -> None:
    """The server's order of documents is the order of their first fields."""
    change = DeliveryChange(
        tenant_id="acme",
        entry_id="message/rep-1",
        delivery=delivery_of(DeliveryOutcome.FAILED, attempt=2, detail="no such chat"),
    )

    update = documents.delivery_update(change)

    assert update._filter == {"_id": "acme/message/rep-1"}
    operators = update._doc
    assert isinstance(operators, Mapping)
    assert next(iter(operators["$max"]["delivery"])) == "progress"


def test_links_of_two_desks_are_two() -> None:
    """One desk can't undo what another knows."""
    link = LinkChange("acme", "support", ("ctp_a", "ctp_b"), is_active=True, since_ms=1)

    own = documents.link_update(link)
    other = documents.link_update(link._replace(desk_id="sales"))

    assert own._filter != other._filter


def test_position_comes_back_whole() -> None:
    """A reader resumes with all that judging needs."""
    position = LogPosition(
        offset=9, epoch=3, number=5, event_offset=7, now_ms=11, epochs_since=1, attempts=2
    )

    stored = {"_id": "x", **documents.position_document(position)}

    assert documents.position_from(stored) == position


def test_new_conversation_keeps_its_parts_below_each_other() -> None:
    """What an update would set by a path stands in the same place when it is inserted."""
    change = ConversationChange(
        tenant_id="acme",
        desk_id="support",
        conversation_id="cnv_1",
        fields={"state": "open", "participants.ben": "consultant", "participants.cem": None},
        is_new=True,
    )

    document = documents.conversation_document(change)

    assert document["participants"] == {"ben": "consultant", "cem": None}
    assert document["state"] == "open"
