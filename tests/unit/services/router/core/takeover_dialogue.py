"""Speaks to one takeover as the shell does, step by step, with the tiny engine inside."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from libs.common.contracts.events import EventData, NotifierAlive
from libs.common.contracts.records import (
    DecisionRecord,
    EpochStarted,
    Headers,
    LogRecord,
    RecordHeader,
    encode_record,
    headers_of,
    read_headers,
)
from libs.common.contracts.wire import encode_event
from services.router.core import ownership_effects as e
from services.router.core.ownership import Takeover
from services.router.core.ownership_limits import Limits, Trace
from services.router.core.state import Change
from tests.simulation.tiny_engine import TinyEngine

NOW_MS = 1_700_000_000_000
NONCE = "own-nonce"
LIMITS = Limits(
    pipeline_records_max=4,
    events_waiting_max=4,
    decisions_max=32,
    save_every_records=100,
    save_every_ms=1_000,
    quiet_ms_max=60_000,
    epoch_ms_max=600_000,
    recovery_ms_max=10_000,
    read_back_ms_max=5_000,
    drain_ms_max=2_000,
    tick_lost_after_ms=3_000,
    dead_letters_waiting_max=2,
    dead_letters_in_flight_max=2,
)
T = TypeVar("T")


def restore(documents: Iterable[Change], now_ms: int) -> TinyEngine:
    """A tiny engine as it was saved."""
    return TinyEngine.restore(documents, now_ms)


def alive(
    name: str = "good-1",
    *,
    event_id: str = "event",
    data: EventData | None = None,
    traceparent: str | None = None,
) -> bytes:
    """An event; the name says how the tiny engine takes it."""
    return encode_event(
        data or NotifierAlive(replica_id=name),
        event_id=event_id,
        source="test",
        time=datetime.fromtimestamp(NOW_MS / 1000, UTC),
        traceparent=traceparent,
    )


class Dialogue:
    """The takeover, its log as far as this test has written it, and all effects so far."""

    def __init__(
        self,
        *,
        limits: Limits = LIMITS,
        oversize: e.Oversize | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.machine = Takeover(
            partition=3,
            owner="router-0",
            engine_version="1",
            restore=restore,
            limits=limits,
            trace=trace,
            oversize=oversize,
        )
        self.log: list[tuple[RecordHeader | None, bytes]] = []
        self.now_ms = 0
        self.effects: list[e.Effect] = []
        self._read = 0
        self._published: list[e.PublishRecord] = []

    def take(self, effects: list[e.Effect]) -> list[e.Effect]:
        """Note what was asked for."""
        self.effects += effects
        self._published += [one for one in effects if isinstance(one, e.PublishRecord)]
        return effects

    def of(self, kind: type[T]) -> list[T]:
        """All effects of this kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def end(self) -> e.End:
        """How it ended."""
        (end,) = self.of(e.End)
        return end

    def begin(self) -> None:
        """Up to the own epoch's start, published and acknowledged."""
        self.take(self.machine.begin(nonce=NONCE, prior_epoch=-1, now_ms=self.now_ms))
        self.take(self.machine.heartbeat_confirmed())
        self.land()
        self.take(self.machine.epoch_publish_acked())

    def recover(
        self, save: e.StoredSave | None = None, *, events_start: int = 0, events_end: int = 1_000
    ) -> None:
        """Up to the own tenure, and to what the answer about the events makes of it."""
        self.begin()
        self.take(self.machine.save_loaded(save))
        self._read = save.position.offset + 1 if save else 0
        self.take(self.machine.log_described(start=0, end=len(self.log)))
        self.read_back()
        self.take(self.machine.events_described(start=events_start, end=events_end))

    def write(self, record: LogRecord, headers: Headers | None = None) -> None:
        """Somebody's record lands in the log."""
        header = read_headers(headers if headers is not None else headers_of(record))
        self.log.append((header, encode_record(record)))

    def write_epoch(self, nonce: str) -> None:
        """Somebody takes over."""
        self.write(EpochStarted(nonce=nonce, owner="router-1", engine_version="1", prior_epoch=-1))

    def land(self) -> None:
        """All that was published lands, in order."""
        for published in self._published:
            self.log.append((read_headers(published.headers), published.value))
        self._published = []

    def read_back(self) -> list[e.Effect]:
        """The owner reads its log up to the end."""
        told: list[e.Effect] = []
        while self._read < len(self.log):
            header, value = self.log[self._read]
            self._read += 1
            told += self.take(self.machine.log_read(self._read - 1, header, value))
        return told

    def count(self) -> list[e.Effect]:
        """All that was published lands and is read back."""
        self.land()
        return self.read_back()

    def hear(self, offset: int, value: bytes | None = None) -> list[e.Effect]:
        """The event at this offset."""
        event = alive(event_id=f"event-{offset}") if value is None else value
        return self.take(self.machine.event_read(offset, NOW_MS + offset, event))

    def pass_ms(self, ms: int) -> list[e.Effect]:
        """Let time pass."""
        self.now_ms += ms
        return self.take(self.machine.timer(wall_ms=NOW_MS + self.now_ms, now_ms=self.now_ms))


def a_record(epoch: int, number: int, event_offset: int, **named: object) -> DecisionRecord:
    """A record of an earlier owner that changes nothing."""
    record = DecisionRecord(
        epoch=epoch,
        number=number,
        event_offset=event_offset,
        event_id=f"event-{event_offset}",
        event_type="",
        now_ms=NOW_MS,
        decisions=(),
    )
    for name, value in named.items():
        object.__setattr__(record, name, value)
    return record
