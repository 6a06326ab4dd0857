"""What an agent's app may send, and who acts.

The agent is the credential's subject and never named in a body. Whether the action is allowed now
(does this agent own the conversation? is the offer still open?) only the router can say.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from libs.channels.normalisation import clean_text
from libs.common.contracts.events import AgentPresenceSet
from libs.common.contracts.terms import (
    ContactPointKey,
    EntrySequence,
    Identifier,
    Name,
    ParticipantKind,
    Presence,
    ShortText,
    Text,
)
from libs.common.contracts.thread_events import BlockSeconds
from libs.common.errors import ForbiddenError, InvalidInputError


class ActionInput(BaseModel):
    """The body of an action: immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PresenceInput(ActionInput):
    """Whether to be offered work from now on."""

    presence: Presence


class ReplyInput(ActionInput):
    """What the agent answers to the customer."""

    text: Text


class TransferInput(ActionInput):
    """Into which queue the conversation goes, or to which agent: exactly one of the two.

    The note is for the next agent.
    """

    queue_id: Name | None = None
    to_agent_id: Name | None = None
    note: ShortText = ""

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if (self.queue_id is None) == (self.to_agent_id is None):
            raise ValueError("name a queue_id or a to_agent_id, and not both")
        return self


class CloseInput(ActionInput):
    """Whether the conversation is closed in any case, or only if the agent has seen all of it."""

    after_sequence: EntrySequence | None = Field(
        default=None,
        description="The last place in the conversation that the agent has seen, 0 for none. If "
        "a message, a reply or a notice stands after it, the close is refused with "
        "`conversation_went_on`: read the transcript, and close again with a fresh key.",
    )


class InvitationInput(ActionInput):
    """Whom the owner wants beside. Monitors are not invited: a supervisor joins as one."""

    participant_id: Name
    kind: Literal[ParticipantKind.CONSULTANT, ParticipantKind.CONFEREE] = Field(
        default=ParticipantKind.CONSULTANT,
        description="A consultant helps the owner, a conferee takes part in the conversation.",
    )


class HandOverInput(ActionInput):
    """Who goes on: a participant; without one the conversation goes back to its queue."""

    successor_id: Name | None = None


class WrapUpInput(ActionInput):
    """The outcome of the conversation, in the desk's own codes."""

    code: Name | None = Field(default=None, examples=["solved"])


class MergeInput(ActionInput):
    """Which other conversation is the same one; the older of the two goes on.

    Those of customers whom nothing links are merged only if it is said that they may be.
    """

    with_conversation_id: Identifier
    across_customers: StrictBool = False


class SplitInput(ActionInput):
    """In which queue's line the new conversation stands, by default that of the old one; the note
    is for whoever has it.
    """

    queue_id: Name | None = None
    note: ShortText = ""


class SpamInput(ActionInput):
    """Whether the contact point is blocked as well: for a time, or until it is unblocked."""

    blocks: StrictBool = False
    block_for_s: BlockSeconds | None = None

    @model_validator(mode="after")
    def _blocks_for_a_time(self) -> Self:
        if self.block_for_s is not None and not self.blocks:
            raise ValueError("block_for_s needs blocks: true")
        return self


class UnblockInput(ActionInput):
    """Which contact point may open work again."""

    contact_point_id: ContactPointKey


class NothingInput(ActionInput):
    """The path says it all: an empty body or an empty object."""


def agent_id_of(subject: str) -> str:
    """The agent whom a verified credential names.

    Raises ForbiddenError when its subject can't be an agent's id.
    """
    try:
        return AgentPresenceSet(agent_id=subject, presence=Presence.OFFLINE).agent_id
    except ValidationError as error:
        raise ForbiddenError("the credential's subject is not an agent's id") from error


def written_text(text: str) -> str:
    """What the agent wrote, without control characters, which no channel would carry.

    Raises InvalidInputError when nothing is left.
    """
    cleaned = clean_text(text)
    if not cleaned:
        raise InvalidInputError("text: empty")
    return cleaned
