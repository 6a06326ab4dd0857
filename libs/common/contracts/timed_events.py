"""Events that put work aside or ask for something at a later time; `events` has them with all
others.
"""

from typing import Annotated

from pydantic import Field

from libs.common.contracts.event_data import EventData
from libs.common.contracts.terms import Identifier, Name, ShortText

# Whoever means a later day than this means something else than a conversation.
DUE_WITHIN_S_MAX = 366 * 86_400
InstantMs = Annotated[int, Field(ge=0, le=10_000_000_000_000)]


class ParkRequested(EventData):
    """The owner waits for the customer; the conversation stays the owner's."""

    type = "switchboard.event.park-requested.v1"

    agent_id: Name
    conversation_id: Identifier


class SnoozeRequested(EventData):
    """The owner puts the conversation aside until then, or until its customer writes."""

    type = "switchboard.event.snooze-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    until_ms: InstantMs


class FollowUpRequested(EventData):
    """The owner promised the customer to come back to them then; said again, it is put off.

    `zone` is in whose local time it was promised, for people; the instant counts.
    """

    type = "switchboard.event.follow-up-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    due_ms: InstantMs
    zone: ShortText = ""
    note: ShortText = ""


class FollowUpCancelRequested(EventData):
    """What was promised for later is no longer needed."""

    type = "switchboard.event.follow-up-cancel-requested.v1"

    agent_id: Name
    conversation_id: Identifier
