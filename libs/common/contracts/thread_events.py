"""The facts that enter about whole threads: two that are one, one that is two (R21), and those that
nobody wants.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.event_data import EventData
from libs.common.contracts.terms import ContactPointKey, Identifier, Name, ShortText

BlockSeconds = Annotated[int, Field(ge=60, le=31_536_000)]


class MergeRequested(EventData):
    """An agent who owns one of two conversations says that they are one; the older goes on.

    `across_customers` says that they may be of customers whom nothing links.
    """

    type = "switchboard.event.merge-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    with_conversation_id: Identifier
    across_customers: bool = False


class SplitRequested(EventData):
    """The owner wants a conversation of its own for a second matter, in the queue's line."""

    type = "switchboard.event.split-requested.v1"

    agent_id: Name
    conversation_id: Identifier
    queue_id: Name | None = None
    note: ShortText = ""


class SpamMarked(EventData):
    """The owner says that a conversation is spam: it is over. With `blocks` its contact point opens
    no work for `block_for_s`, or until it is unblocked.
    """

    type = "switchboard.event.spam-marked.v1"

    agent_id: Name
    conversation_id: Identifier
    blocks: bool = False
    block_for_s: BlockSeconds | None = None

    @model_validator(mode="after")
    def _blocks_for_a_time(self) -> Self:
        if self.block_for_s is not None and not self.blocks:
            raise ValueError("block_for_s needs blocks")
        return self


class UnblockRequested(EventData):
    """A supervisor lets a contact point open work again."""

    type = "switchboard.event.unblock-requested.v1"

    agent_id: Name
    contact_point_id: ContactPointKey


ThreadEvent = MergeRequested | SplitRequested | SpamMarked | UnblockRequested
