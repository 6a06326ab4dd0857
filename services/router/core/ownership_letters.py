"""Dead letters of one takeover: sent after their record counts, and before any save past it."""

from collections import deque
from dataclasses import dataclass

from libs.common.contracts.terms import RefusalReason
from services.router.core.ownership_effects import EndReason, EpochEndedError
from services.router.core.ownership_limits import Limits


@dataclass(frozen=True, slots=True)
class Letter:
    """An event to be put aside, and why."""

    event_offset: int
    reason: RefusalReason


class Letters:
    """Which dead letters wait, and which are under way.

    Whatever was not acknowledged when an owner stops is after its last save, so the next owner
    finds the refusal in the log and sends it: at least once, never none.
    """

    def __init__(self, limits: Limits, found: list[Letter]) -> None:
        self._limits = limits
        self._waiting = deque(found)
        self._in_flight: dict[int, Letter] = {}
        self._failed: dict[int, Letter] = {}
        self._tries: dict[int, int] = {}

    @property
    def has_room(self) -> bool:
        """Whether deciding may go on and perhaps add one more."""
        return len(self._waiting) < self._limits.dead_letters_waiting_max

    def add(self, letter: Letter) -> None:
        """The record that refuses this event counts."""
        self._waiting.append(letter)

    def to_send(self) -> list[Letter]:
        """The next letters to send now."""
        if not self._waiting:
            return []
        room = self._limits.dead_letters_in_flight_max - len(self._in_flight) - len(self._failed)
        letters = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        for letter in letters:
            self._in_flight[letter.event_offset] = letter
        return letters

    def acked(self, event_offset: int) -> None:
        """This one is safe."""
        self._in_flight.pop(event_offset, None)
        self._tries.pop(event_offset, None)

    def failed(self, event_offset: int) -> None:
        """This one has to be sent again, at the next timer; too often ends the epoch."""
        letter = self._in_flight.pop(event_offset, None)
        if letter is None:
            return
        self._tries[event_offset] = self._tries.get(event_offset, 0) + 1
        if self._tries[event_offset] >= self._limits.dead_letter_tries_max:
            raise EpochEndedError(EndReason.DEAD_LETTER_FAILED)
        self._failed[event_offset] = letter

    def to_send_again(self) -> list[Letter]:
        """What failed since the last timer."""
        again = list(self._failed.values())
        self._in_flight.update(self._failed)
        self._failed.clear()
        return again

    def are_sent_up_to(self, event_offset: int) -> bool:
        """Whether nothing at or before this event is still to be sent."""
        under_way = (*self._in_flight, *self._failed)
        if any(offset <= event_offset for offset in under_way):
            return False
        # Letters wait in the order of their events.
        return not (self._waiting and self._waiting[0].event_offset <= event_offset)
