"""An episode: one customer's matter on one channel, turn by turn, as it is played."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest


class Source(StrEnum):
    """Where an episode's words come from; the value says the channel that carries them."""

    QUESTIONS = "telegram"
    DIALOGUES = "web_chat"
    MAILS = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What the customer says and what the agent answers to it."""

    asked: str
    answered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it came: its bytes, and what the provider's post names beside them."""

    message_id: str
    source: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One matter of one customer. The last exchange ends it; `topic` is the page that a web
    chat was opened on. Only an episode of one exchange may have a `mail`.
    """

    source: Source
    exchanges: tuple[Exchange, ...]
    language: str
    topic: str = ""
    address: str = ""
    mail: Mail | None = None


def mixed(*lines: list[Episode]) -> list[Episode]:
    """All episodes in one order, the sources taking turns for as long as they last."""
    return [episode for row in zip_longest(*lines) for episode in row if episode is not None]
