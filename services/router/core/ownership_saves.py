"""When to save and what: only ever the state after an own record that was read back as counting.

The changes are taken when a record is decided and kept until that record is read back; a record
that turns out void takes them with it into oblivion. One save is on its way at a time. A save
whose outcome is unknown stays part of the next one: its changes are kept and its base stands, so
the next save is right whether or not the earlier one landed, or lands yet.
"""

from libs.common.decision_log import LogPosition
from services.router.core.ownership_effects import EndReason, EpochEndedError, Save
from services.router.core.ownership_letters import Letters
from services.router.core.ownership_limits import Decider, Limits
from services.router.core.state import Change

# A store that is slower than the engine holds it up once so many saves' worth is decided.
BEHIND_FACTOR = 2


class Saves:
    """The saves of one takeover, one at a time."""

    def __init__(self, limits: Limits, *, base: int, now_ms: int) -> None:
        self._limits = limits
        self._base = base
        self._unsaved: dict[tuple[str, str], Change] = {}
        self._decided = 0
        self._due_at_ms = now_ms + limits.save_every_ms
        self._is_due = False
        self._awaited_number: int | None = None
        self._ready: Save | None = None
        self._in_flight: Save | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no save is under way in any stage."""
        return self._awaited_number is None and self._ready is None and self._in_flight is None

    @property
    def is_behind(self) -> bool:
        """Whether to decide nothing more until the save under way is stored: what is decided
        meanwhile is all in the next one, and no transaction may grow without end.
        """
        return not self.is_idle and self._decided >= BEHIND_FACTOR * self._limits.save_every_records

    def timer(self, now_ms: int) -> None:
        """Let the next chance be taken once enough time has passed."""
        if now_ms >= self._due_at_ms:
            self._is_due = True
            self._due_at_ms = now_ms + self._limits.save_every_ms

    def decided(self, number: int, engine: Decider) -> None:
        """Own record `number` was decided: take the changes if a save is due."""
        self._decided += 1
        if not (self._is_due or self._decided >= self._limits.save_every_records):
            return
        if self.is_idle:
            self._take(engine)
            self._awaited_number = number

    def counted(self, number: int, position: LogPosition) -> None:
        """Own record `number` was read back as counting, at `position`."""
        if number == self._awaited_number:
            self._awaited_number = None
            self._prepare(position)

    def rest(self, engine: Decider, position: LogPosition | None, *, is_last: bool) -> None:
        """Nothing is in the pipeline, and `position` is that of the last own counted record: what
        is not saved can be saved as of it, when a save is due or it is the epoch's last.
        """
        if position is None or not (is_last or self._is_due):
            return
        if self.is_idle and position.offset > self._base:
            self._take(engine)
            self._prepare(position)

    def release(self, letters: Letters) -> Save | None:
        """The save to write now. It waits until all dead letters before it are safe."""
        save = self._ready
        if save is None or not letters.are_sent_up_to(save.position.event_offset):
            return None
        self._ready, self._in_flight = None, save
        return save

    def written(self, offset: int) -> int | None:
        """The save as of `offset` is stored. Returns the next event offset, to show as lag."""
        save = self._in_flight
        if save is None or save.position.offset != offset:
            return None
        self._in_flight = None
        self._base = offset
        self._unsaved.clear()
        return save.position.event_offset + 1

    def refused(self, stored_offset: int) -> int | None:
        """The condition did not hold: a save as of `stored_offset` (-1: none) is stored."""
        save = self._in_flight
        if save is None:
            return None
        if stored_offset == save.position.offset:
            return self.written(stored_offset)
        if stored_offset < save.base:
            raise EpochEndedError(EndReason.SAVE_LOST)
        raise EpochEndedError(EndReason.SUPERSEDED)

    def failed(self) -> None:
        """The outcome is not known: keep the changes for the next save."""
        self._in_flight = None

    def _take(self, engine: Decider) -> None:
        self._decided = 0
        self._is_due = False
        for change in engine.take_changes():
            self._unsaved[change.kind, change.id] = change

    def _prepare(self, position: LogPosition) -> None:
        changes = tuple(self._unsaved.values())
        self._ready = Save(position=position, base=self._base, changes=changes)
