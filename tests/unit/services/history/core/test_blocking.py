"""What blocked contact points wrote is in the timeline, and nothing else is."""

from dataclasses import replace
from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.content import Content
from services.history.core.changes import Entry, Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import project
from tests.unit.services.history.builders import ANN, START_MS, address, closed
from tests.unit.services.history.logs import decided

POINT: dict[str, Any] = {
    "tenant_id": "acme",
    "desk_id": "support",
    "contact_point_id": ANN,
    "customer_id": "cus-1",
}


def entry_of(made: d.AnyDecision) -> Entry:
    """The one entry that the decision makes; it changes no conversation."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    project(decided(1, made), place, writes)
    (entry,) = writes.entries.values()
    return entry


def test_blocked_message_is_kept_with_its_content() -> None:
    """Under the message's id, so that a repeat is the same entry; in no conversation."""
    filed = d.BlockedMessageFiled(
        **POINT, message_id="msg-9", reply_to=address(), content=Content(text="Buy!")
    )
    entry = entry_of(filed)

    assert (entry.entry_id, entry.kind) == ("message/msg-9", "blocked_message")
    assert entry.conversation_id is None
    assert entry.content == Content(text="Buy!")
    assert entry.party is not None
    assert entry.party.contact_point_id == filed.reply_to.contact_point_id


def test_block_says_who_and_until_when() -> None:
    """And in which conversation it was decided."""
    entry = entry_of(
        d.ContactPointBlocked(**POINT, conversation_id="cnv-1", agent_id="berta", until_ms=7)
    )

    assert (entry.kind, entry.agent_id, entry.conversation_id) == (
        "contact_point_blocked",
        "berta",
        "cnv-1",
    )
    assert entry.details == {"until_ms": 7}


def test_end_of_a_block_says_why() -> None:
    """Its time was over, or somebody said so."""
    entry = entry_of(d.ContactPointUnblocked(**POINT, cause="expired"))

    assert (entry.kind, entry.agent_id) == ("contact_point_unblocked", None)
    assert entry.details == {"cause": "expired"}


def test_spam_is_the_outcome_of_its_conversation() -> None:
    """In the entry of its end."""
    spam = replace(closed(), outcome="spam")

    assert entry_of(spam).details == {"outcome": "spam"}
