"""What customers who wait in a queue read of their place, how often, and in which language."""

from typing import Annotated

from pydantic import Field

from libs.common.contracts.configuration.calendars import NOTICES_MAX, NoticeText
from libs.common.contracts.configuration.document import Document
from libs.common.contracts.terms import Name


class WaitNotice(Document):
    """What a customer who waits reads, in one language."""

    language: Name
    """The language, as the channel tells it: `de`."""
    text: NoticeText
    """The words; `{position}` becomes the place in the queue, `{minutes}` the minutes that the
    queue's pace of the last 5 minutes promises, rounded up.
    """
    without_estimate: NoticeText | None = None
    """The words while the queue has no pace to tell from; needed where `text` names `{minutes}`."""


class WaitNotices(Document):
    """What customers read of their place while they wait in the queue's line.

    Whoever an agent is being asked for, or has, is told nothing, and nobody while the queue is
    closed.
    """

    at_queueing: bool = False
    """Whether the first comes at once where no agent is free, and not only after `every_s`."""
    every_s: Annotated[int, Field(ge=10, le=3_600)] = 120
    """At least so many seconds lie between two notices to one customer."""
    at_most: Annotated[int, Field(ge=1, le=20)] = 5
    """After so many notices in one wait there are no more."""
    notices: tuple[WaitNotice, ...] = Field(min_length=1, max_length=NOTICES_MAX)
    """The words, by language; the first is for all other languages."""
