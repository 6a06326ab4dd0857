"""From one event to the one record that it leaves: decided, refused, or failed."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, TypeVar

from libs.common.contracts.decisions import AnyDecision, EventRefused
from libs.common.contracts.records import DecisionRecord, encode_record
from libs.common.contracts.terms import DEAD_LETTER_REASONS, RefusalReason
from libs.common.contracts.wire import Event, decode_event
from libs.common.errors import UnprocessableError
from services.router.core.ownership_limits import Decider, Trace

_SAMPLED = "-01"
T = TypeVar("T")


class Heard(NamedTuple):
    """An event as read: its place, the broker's append time, its bytes."""

    offset: int
    appended_at_ms: int
    value: bytes | None


class Decided(NamedTuple):
    """A record ready to publish; `letter` says why its event is to be put aside, if it is."""

    record: DecisionRecord
    value: bytes
    letter: RefusalReason | None


def attempt(work: Callable[[], T]) -> T | Exception:
    """Run what an event made may break; any exception is an outcome here, not a crash.

    The one place of the router that catches everything: a bug that one event reaches must cost
    that event, not its partition (the protocol's rule 24).
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - see above
        return error


def dead_letter_reason(decisions: tuple[AnyDecision, ...]) -> RefusalReason | None:
    """Why the event is to be put aside, if its decisions refuse it for such a reason."""
    for decision in decisions:
        if isinstance(decision, EventRefused) and decision.reason in DEAD_LETTER_REASONS:
            return decision.reason
    return None


class Deciding:
    """Decides with one engine for one partition."""

    def __init__(self, *, partition: int, epoch: int, engine: Decider, trace: Trace | None) -> None:
        self._partition = partition
        self.epoch = epoch
        self._engine = engine
        self._trace = trace

    @property
    def now_ms(self) -> int:
        """Engine time in milliseconds."""
        return self._engine.now_ms

    def decide(self, heard: Heard, number: int, refusal: RefusalReason | None) -> Decided:
        """Decide (or with `refusal` refuse) one event; the engine has evolved by it then.

        Raises whatever a bug raises: the engine is of no use after that.
        """
        event = _read(heard.value)
        event_id = event.id if event else f"undecodable.{self._partition}.{heard.offset}"
        with self._span(event) as traceparent:
            decisions = self._decisions(heard, event, event_id, refusal)
            record = DecisionRecord(
                epoch=self.epoch,
                number=number,
                event_offset=heard.offset,
                event_id=event_id,
                event_type=event.type if event else "",
                now_ms=self._engine.now_ms,
                decisions=decisions,
                traceparent=traceparent,
            )
            value = encode_record(record)
        return Decided(record, value, dead_letter_reason(decisions))

    def _decisions(
        self, heard: Heard, event: Event | None, event_id: str, refusal: RefusalReason | None
    ) -> tuple[AnyDecision, ...]:
        if refusal is None:
            return self._engine.decide(
                event,
                event_id=event_id,
                event_offset=heard.offset,
                appended_at_ms=heard.appended_at_ms,
            )
        return self._engine.refuse(
            event,
            event_id=event_id,
            event_offset=heard.offset,
            appended_at_ms=heard.appended_at_ms,
            reason=refusal,
        )

    def _span(self, event: Event | None) -> AbstractContextManager[str | None]:
        traceparent = event.traceparent if event else None
        if event and traceparent and self._trace and traceparent.endswith(_SAMPLED):
            return self._trace(event)
        return nullcontext(traceparent)


def _read(value: bytes | None) -> Event | None:
    try:
        return decode_event(value)
    except UnprocessableError:
        return None
