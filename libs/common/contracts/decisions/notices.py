"""What customers who wait are told of their place, each at an interval of their own (R27)."""

from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision


@decision
class WaitNoticeSent(Decision):
    """A customer who waits is told their place; the `ReplyFiled` of `reply_id` beside it says how.

    `position` counts from 1 within the queue and before skills, `estimated_wait_s` is by the
    queue's pace and None where it has none. `number` counts the notices of this wait; the next is
    due at `again_ms`, None after the last.
    """

    type: Literal["wait_notice_sent"] = "wait_notice_sent"
    work_item_id: str
    conversation_id: str
    queue_id: str
    reply_id: str
    position: int
    estimated_wait_s: int | None
    number: int
    again_ms: int | None


@decision
class WaitNoticePutOff(Decision):
    """Nothing is told now: the queue is closed, or gives no notices any more (`again_ms` None)."""

    type: Literal["wait_notice_put_off"] = "wait_notice_put_off"
    work_item_id: str
    conversation_id: str
    queue_id: str
    cause: Literal["closed", "withdrawn"]
    again_ms: int | None
