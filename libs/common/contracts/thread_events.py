"""The facts that enter about whole threads: two that are one, one that is two (R21)."""

from libs.common.contracts.event_data import EventData
from libs.common.contracts.terms import Identifier, Name, ShortText


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
