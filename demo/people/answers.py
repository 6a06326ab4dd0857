"""The answers that agents give: those that were really given to the same questions."""

from collections.abc import Iterable
from dataclasses import dataclass

from demo.traffic.episodes import Exchange

UNKNOWN = "Thank you. I have to ask a colleague and will come back to you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to reply; `is_last` when the matter is settled by it."""

    text: str
    is_last: bool


class AnswerBook:
    """Answers by the customer's address, one after the other as the customer goes on."""

    def __init__(self) -> None:
        self._exchanges: dict[str, list[Exchange]] = {}
        self._given: dict[str, Answer] = {}

    def add(self, address: str, exchanges: Iterable[Exchange]) -> None:
        """Know what to answer this customer."""
        self._exchanges.setdefault(address, []).extend(exchanges)

    def answer_to(self, address: str, message_id: str) -> Answer:
        """The answer to this message: the same whenever, and by whomever, it is asked again."""
        if message_id not in self._given:
            left = self._exchanges.get(address, [])
            text = left.pop(0).answered if left else UNKNOWN
            self._given[message_id] = Answer(text=text, is_last=not left)
        return self._given[message_id]
