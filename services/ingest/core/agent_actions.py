"""What an agent's app may send, and who acts.

The agent is the credential's subject and never named in a body. Whether the action is allowed now
(does this agent own the conversation? is the offer still open?) only the router can say.
"""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.channels.normalisation import clean_text
from libs.common.contracts.events import AgentPresenceSet
from libs.common.contracts.terms import Name, Presence, ShortText, Text
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
    """Into which queue the conversation goes; the note is for the next agent."""

    queue_id: Name
    note: ShortText = ""


class WrapUpInput(ActionInput):
    """The outcome of the conversation, in the desk's own codes."""

    code: Name | None = Field(default=None, examples=["solved"])


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
