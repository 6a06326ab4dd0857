"""What is kept of who took care."""

from dataclasses import replace

import pytest

from libs.common.contracts.decisions import (
    AnyDecision,
    FollowUpScheduled,
    SlaBreached,
    WorkItemHeld,
    WorkItemParked,
    WorkItemPromoted,
    WorkItemResumed,
    WorkItemSnoozed,
    WorkItemWrappingUp,
)
from libs.common.contracts.terms import QueueingReason, SlaTarget
from services.history.core.changes import Entry, Scalar, Writes
from services.history.core.positions import Log, Place
from services.history.core.projection import project
from tests.unit.services.history.builders import (
    AT,
    ITEM,
    START_MS,
    assigned,
    canceled,
    closed,
    completed,
    escalated,
    queued,
    relaxed,
    reserved,
)
from tests.unit.services.history.logs import decided

PARKED = WorkItemParked(**AT, **ITEM, agent_id="ada", held_weight=0)
SNOOZED = WorkItemSnoozed(**AT, **ITEM, agent_id="ada", held_weight=0, until_ms=START_MS)
HELD = WorkItemHeld(**AT, **ITEM, agent_id="ada", until_ms=START_MS, virtual_time_ms=START_MS)
RESUMED = WorkItemResumed(**AT, **ITEM, agent_id="ada", virtual_time_ms=START_MS)
WRAPPING_UP = WorkItemWrappingUp(**AT, **ITEM, agent_id="ada", until_ms=START_MS)


def projected(made: AnyDecision) -> Writes:
    """What this decision of event 1 changes."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    project(decided(1, made), place, writes)
    return writes


def entries_of(made: AnyDecision) -> list[Entry]:
    """The entries that it makes."""
    return list(projected(made).entries.values())


def fields_of(made: AnyDecision) -> dict[str, Scalar]:
    """What it changes about the conversation."""
    (change,) = projected(made).conversations.values()
    return change.fields


def test_a_promise_to_be_back_stands_in_the_transcript() -> None:
    """With its time; the conversation's state is what it was."""
    made = FollowUpScheduled(
        **AT,
        conversation_id=ITEM["conversation_id"],
        agent_id="ada",
        queue_id="general",
        due_ms=START_MS,
        note="the bill",
    )

    writes = projected(made)

    (entry,) = writes.entries.values()
    assert (entry.kind, entry.details) == (
        "follow_up_scheduled",
        {"due_ms": START_MS, "note": "the bill"},
    )
    assert not writes.conversations


def test_work_after_a_part_that_is_over_says_nothing_of_the_reopened_rest() -> None:
    """The outcome stands in the transcript; the conversation's state is the new item's."""
    writes = projected(replace(completed(), is_reopened=True))

    assert len(writes.entries) == 1
    assert not writes.conversations


@pytest.mark.parametrize(
    ("made", "kind", "state"),
    [
        (queued(), "queued", "queued"),
        (reserved(), None, "reserved"),
        (assigned(), "assigned", "assigned"),
        (PARKED, "parked", "parked"),
        (HELD, None, "held"),
        (RESUMED, "resumed", "assigned"),
        (WRAPPING_UP, None, "wrapping_up"),
        (completed(), "completed", "completed"),
        (SNOOZED, "snoozed", "parked"),
        (canceled(), "canceled", "canceled"),
    ],
)
def test_each_step_moves_the_state_and_some_are_told(
    made: AnyDecision, kind: str | None, state: str
) -> None:
    """Offers and holds are state alone; the rest stands in the transcript as well."""
    assert fields_of(made)["work_item_state"] == state
    assert [entry.kind for entry in entries_of(made)] == ([kind] if kind else [])


def test_assignment_names_the_owner_and_queueing_takes_it_away() -> None:
    """At most one owner, at any time."""
    assert fields_of(assigned())["owner_id"] == "ada"
    assert fields_of(queued())["owner_id"] is None


@pytest.mark.parametrize("reason", QueueingReason)
def test_offers_that_came_to_nothing_are_not_told(reason: QueueingReason) -> None:
    """A transcript is about the customer, not about who let the phone ring."""
    untold = {"rejected", "timed_out", "canceled", "hold_ended"}

    assert len(entries_of(queued(reason))) == (0 if reason in untold else 1)


def test_transfer_keeps_its_note_and_who_made_it() -> None:
    """The next agent reads why."""
    transferred = replace(
        queued(QueueingReason.TRANSFERRED), note="wants a refund", by_agent_id="ada"
    )

    (entry,) = entries_of(transferred)

    assert entry.agent_id == "ada"
    assert entry.details == {
        "queue_id": "general",
        "reason": "transferred",
        "note": "wants a refund",
    }


def test_escalation_is_told_and_changes_no_state() -> None:
    """People were alerted; the item still waits."""
    writes = projected(escalated())

    assert [entry.kind for entry in writes.entries.values()] == ["escalated"]
    assert not writes.conversations


def test_a_broken_promise_is_told_and_changes_no_state() -> None:
    """It stands in the transcript with its policy and target."""
    broken = SlaBreached(
        **AT,
        **ITEM,
        queue_id="general",
        policy_id="gold",
        target=SlaTarget.RESOLUTION,
        due_ms=START_MS,
    )

    writes = projected(broken)

    (entry,) = writes.entries.values()
    assert entry.kind == "sla_breached"
    assert entry.details == {"queue_id": "general", "policy_id": "gold", "target": "resolution"}
    assert not writes.conversations


def test_notes_belong_to_no_customer() -> None:
    """They stand in the transcript, not in the timeline."""
    (entry,) = entries_of(assigned())

    assert entry.party is None
    assert entry.conversation_id == "cnv_1"


def test_relaxation_is_state_and_begins_anew_in_the_next_line() -> None:
    """Who looks at the conversation sees how far its wait has come; nobody reads of each step."""
    writes = projected(relaxed(step=2, queue_id="night"))

    (change,) = writes.conversations.values()
    assert change.fields == {"queue_id": "night", "strict_class": 4, "step": 2}
    assert not writes.entries
    assert fields_of(queued())["step"] == 0


def test_promotion_is_state() -> None:
    """It stands in another class now."""
    promoted = WorkItemPromoted(**AT, **ITEM, strict_class=3, has_best_rank=False)

    assert fields_of(promoted) == {"strict_class": 3}


def test_hang_up_stands_in_the_customers_timeline_with_its_cause() -> None:
    """It is a fact of the customer's: they left, after so long, and nobody had ended it."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    ended = replace(closed(), agent_id="")
    other = replace(ended, conversation_id="cnv_2", customer_id="cus_2")

    project(decided(1, canceled(), other, ended), place, writes)

    left, _, over = writes.entries.values()
    assert left.party is not None
    assert left.party.customer_id == ended.customer_id
    assert left.details == {"queue_id": "general", "cause": "hung_up", "waited_ms": 40_000}
    assert (over.kind, over.agent_id) == ("conversation_closed", None)


def test_cancelation_alone_names_no_customer() -> None:
    """It says of itself which conversation it was, not whose."""
    (entry,) = entries_of(canceled())

    assert entry.party is None
