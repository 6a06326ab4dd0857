"""What is kept of holds, participants and owners who follow each other."""

import pytest

from libs.common.contracts.decisions import AnyDecision
from libs.common.contracts.terms import HoldKind
from services.history.core.changes import Scalar, Writes
from services.history.core.company import agent_id_in
from services.history.core.positions import Log, Place
from services.history.core.projection import project
from tests.unit.services.history.builders import (
    START_MS,
    assigned,
    hold_ended,
    hold_opened,
    joined,
    left,
    owner_changed,
    queued,
    reserved,
)
from tests.unit.services.history.logs import decided


def projected(*made: AnyDecision) -> Writes:
    """What these decisions of one record change."""
    writes = Writes()
    place = Place(log=Log.DECISIONS, partition=0, offset=1, appended_ms=START_MS)
    project(decided(1, *made), place, writes)
    return writes


def fields_of(*made: AnyDecision) -> dict[str, Scalar]:
    """What they change about the conversation, all in all."""
    (change,) = projected(*made).conversations.values()
    return change.fields


def test_hold_names_the_agent_until_it_ends() -> None:
    """A supervisor sees why an item waits although others are free."""
    assert fields_of(queued(), hold_opened())["held_for"] == "ada"
    assert fields_of(queued(), hold_opened(), hold_ended())["held_for"] is None


def test_offer_ends_a_hold_without_a_word() -> None:
    """What was kept for an agent is offered as soon as there is room."""
    assert fields_of(hold_opened(), reserved())["held_for"] is None


@pytest.mark.parametrize("made", [hold_opened(HoldKind.CAPACITY), hold_ended(HoldKind.CAPACITY)])
def test_agent_who_is_kept_for_an_item_is_no_part_of_the_conversation(made: AnyDecision) -> None:
    """The item still is for anybody."""
    writes = projected(made)

    assert not writes.conversations
    assert not writes.entries


def test_participants_come_and_go_and_stand_in_the_transcript() -> None:
    """Who reads it later knows who else knew."""
    writes = projected(assigned(), joined(), left())

    _, came, went = writes.entries.values()
    assert (came.kind, came.agent_id) == ("participant_joined", "b.en")
    assert came.details == {"kind": "consultant", "by_agent_id": "ada"}
    assert (went.kind, went.details) == ("participant_left", {"cause": "left"})
    (change,) = writes.conversations.values()
    assert change.fields["participants.b%en"] is None


def test_successor_owns_and_takes_part_no_longer() -> None:
    """One owner, and nobody is both."""
    fields = fields_of(assigned(), joined(), owner_changed())

    assert fields["owner_id"] == "b.en"
    assert fields["participants.b%en"] is None


def test_handing_over_says_from_whom_to_whom() -> None:
    """The transcript shows who answered for the conversation when."""
    (entry,) = projected(owner_changed()).entries.values()

    assert (entry.kind, entry.agent_id) == ("owner_changed", "b.en")
    assert entry.details == {"from_agent_id": "ada"}


def test_ids_with_dots_come_back_whole() -> None:
    """The store would take the dot of an id for a step into a part."""
    (change,) = projected(joined("a.b.c")).conversations.values()

    assert [agent_id_in(key.removeprefix("participants.")) for key in change.fields] == ["a.b.c"]
