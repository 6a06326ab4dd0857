"""Who acts, and what an agent may write."""

import pytest
from pydantic import ValidationError

from libs.common.errors import ForbiddenError, InvalidInputError
from services.ingest.core.agent_actions import (
    InvitationInput,
    TransferInput,
    agent_id_of,
    written_text,
)


def test_agent_is_the_credentials_subject() -> None:
    """A subject in the form of a name is an agent's id."""
    assert agent_id_of("anna.b-1") == "anna.b-1"


def test_subject_that_can_be_no_agent_is_refused() -> None:
    """Nobody acts under a name that no configuration can hold, and it is not echoed."""
    with pytest.raises(ForbiddenError) as refusal:
        agent_id_of("Anna@example.org")

    assert "Anna" not in str(refusal.value)


def test_text_keeps_its_letters_and_loses_control_characters() -> None:
    """Emoji and right-to-left text pass; what no channel carries does not."""
    assert written_text(" שלום\x00 👋\r\nx ") == "שלום 👋\nx"


def test_text_without_letters_is_refused() -> None:
    """An empty reply is no reply."""
    with pytest.raises(InvalidInputError):
        written_text("\x00 \n")


@pytest.mark.parametrize("body", [{}, {"queue_id": "a", "to_agent_id": "b"}])
def test_transfer_has_exactly_one_target(body: dict[str, str]) -> None:
    """What goes nowhere, or to two places, can't be taken back once it is in the log."""
    with pytest.raises(ValidationError):
        TransferInput.model_validate(body)


@pytest.mark.parametrize("body", [{"queue_id": "a"}, {"to_agent_id": "b", "note": "angry"}])
def test_transfer_to_either_is_taken(body: dict[str, str]) -> None:
    """A queue or an agent, with or without a note."""
    assert TransferInput.model_validate(body).model_dump(exclude_defaults=True) == body


def test_owner_can_invite_no_monitor() -> None:
    """Who may follow others' conversations is not the owner's to say."""
    with pytest.raises(ValidationError):
        InvitationInput.model_validate({"participant_id": "berta", "kind": "monitor"})
