"""Merged and split conversations point to each other, in timeline and transcript."""

from typing import Any

from libs.common.contracts import decisions as d
from services.history.core.changes import Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import project
from services.history.views import ConversationView
from tests.unit.services.history.builders import ANN, ANN_MAIL, CONVERSATION, START_MS
from tests.unit.services.history.logs import decided

DESK: dict[str, Any] = {"tenant_id": "acme", "desk_id": "support"}


def projected(*made: d.AnyDecision) -> Writes:
    """What these decisions of event 1 change."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    project(decided(1, *made), place, writes)
    return writes


def changes_in(writes: Writes) -> dict[str, dict[str, Any]]:
    """The changed fields by conversation."""
    return {one.conversation_id: one.fields for one in writes.conversations.values()}


def merged() -> d.ConversationsMerged:
    """`young` goes on in the builders' conversation."""
    return d.ConversationsMerged(
        **DESK,
        conversation_id=CONVERSATION,
        merged_conversation_id="young",
        work_item_id="itm-1",
        contact_point_id=ANN,
        merged_contact_point_id=ANN_MAIL,
        customer_id="cus-1",
        merged_customer_id="cus-2",
        agent_id="berta",
        owner_id="berta",
        merged_owner_id=None,
        virtual_time_ms=START_MS,
        waiting_since_ms=START_MS,
    )


def test_merged_conversation_is_over_and_points_to_the_survivor() -> None:
    """Both timelines tell it, each under its own customer."""
    writes = projected(merged())

    fields = changes_in(writes)
    assert fields["young"]["state"] == "closed"
    assert fields["young"]["merged_into"] == CONVERSATION
    assert fields[CONVERSATION] == {"merged.young": START_MS, "last_ms": START_MS}
    told = {
        (one.kind, one.conversation_id, one.party.customer_id if one.party else None)
        for one in writes.entries.values()
    }
    assert told == {
        ("conversation_merged", CONVERSATION, "cus-1"),
        ("conversation_merged_into", "young", "cus-2"),
    }


def test_split_conversation_points_back() -> None:
    """And the old one to it."""
    split = d.ConversationSplit(
        **DESK,
        conversation_id="new",
        from_conversation_id=CONVERSATION,
        from_sequence=4,
        contact_point_id=ANN,
        customer_id="cus-1",
        agent_id="berta",
    )
    writes = projected(split)

    fields = changes_in(writes)
    assert fields["new"] == {"split_from": CONVERSATION}
    assert fields[CONVERSATION] == {"split.new": START_MS, "last_ms": START_MS}
    (entry,) = writes.entries.values()
    assert entry.details == {
        "from_conversation_id": CONVERSATION,
        "from_sequence": 4,
        "note": None,
    }


def test_view_names_what_goes_on_where() -> None:
    """As the transcript's head shows it."""
    stored = {
        "conversation_id": CONVERSATION,
        "desk_id": "support",
        "merged": {"young": START_MS, "other": START_MS},
        "split": {"new": START_MS},
        "merged_into": None,
    }
    view = ConversationView.of(stored)

    assert (view.merged_from, view.split_into) == (["other", "young"], ["new"])
