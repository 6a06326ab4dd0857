"""Events that ask for something at a later time; `events` has them with all others."""

from typing import Annotated

from pydantic import Field

from libs.common.contracts.event_data import EventData
from libs.common.contracts.terms import Identifier, Name

# Whoever means a later day than this means something else than a conversation.
DUE_WITHIN_S_MAX = 366 * 86_400
InstantMs = Annotated[int, Field(ge=0, le=10_000_000_000_000)]


class SnoozeRequested(EventData):
    """The owner puts the conversation aside until then, or until its customer writes."""

    type = "switchboard.event.snooze-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    until_ms: InstantMs
