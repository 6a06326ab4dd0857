"""Two conversations that are one, and one that is two (R21). No place in a transcript changes."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision


@decision
class ConversationsMerged(Decision):
    """Two conversations are one: the older one goes on, `merged_conversation_id` points to it.

    What is written to the merged one's contact points continues in the survivor. `owner_id` owns
    the survivor then, `merged_owner_id` had the other, `agent_id` asked for it. The survivor's
    item waits as long as the one that has waited longer.
    """

    type: Literal["conversations_merged"] = "conversations_merged"
    conversation_id: str
    merged_conversation_id: str
    work_item_id: str
    contact_point_id: str
    merged_contact_point_id: str
    customer_id: str
    merged_customer_id: str
    agent_id: str
    owner_id: str | None
    merged_owner_id: str | None
    virtual_time_ms: int
    waiting_since_ms: int


@decision
class ConversationSplit(Decision):
    """A conversation opened for a second matter of one; it points back to where it was.

    What is written goes on in the older of the two as long as that is open.
    """

    type: Literal["conversation_split"] = "conversation_split"
    conversation_id: str
    from_conversation_id: str
    from_sequence: int
    contact_point_id: str
    customer_id: str
    agent_id: str
    note: str = ""
