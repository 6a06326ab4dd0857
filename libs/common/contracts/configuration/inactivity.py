"""What happens while the customer of a conversation says nothing."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.contracts.configuration.calendars import NOTICES_MAX, NoticeText
from libs.common.contracts.configuration.document import Document, Mistake, contradiction
from libs.common.contracts.terms import Name

SilenceSeconds = Annotated[int, Field(ge=1, le=30 * 86_400)]


class InactivityNotice(Document):
    """What a customer who says nothing reads, in one language."""

    language: Name
    """The language, as the channel tells it: `de`."""
    text: NoticeText
    """The words."""


class InactivityPolicy(Document):
    """What happens while a conversation waits for its customer: since its agent's last words, or
    since it was parked. All seconds count, whatever the queue's calendar says. A message of the
    customer ends it; what is put aside until a time, and calls, are left alone.
    """

    remind_after_s: SilenceSeconds
    """After so many seconds of silence the customer is reminded, once."""
    reminders: tuple[InactivityNotice, ...] = Field(min_length=1, max_length=NOTICES_MAX)
    """The reminder, by language; the first is for all other languages."""
    close_after_s: SilenceSeconds | None = None
    """So many seconds after the reminder the conversation is closed. Left out: never."""
    closings: tuple[InactivityNotice, ...] = Field(default=(), max_length=NOTICES_MAX)
    """What the customer reads then, by language; the first is for all other languages."""

    @model_validator(mode="after")
    def _closes_with_words(self) -> Self:
        if (self.close_after_s is None) != (not self.closings):
            problem = "is needed for, and only for, close_after_s"
            raise contradiction([Mistake(("closings",), problem)])
        return self
