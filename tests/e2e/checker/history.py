"""The material decoded: what every rule looks at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from libs.common.contracts.decisions import Decision
from libs.common.contracts.records import DecisionRecord
from libs.common.contracts.wire import Event, decode_event
from libs.common.errors import UnprocessableError
from tests.e2e.checker.counting import Counted, Counting, count
from tests.e2e.checker.material import Material, RawRecord

D = TypeVar("D", bound=Decision)


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """One record of the events topic; `event` is None when it does not decode."""

    raw: RawRecord
    event: Event | None

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"events/{self.raw.partition}/{self.raw.offset}"


@dataclass(frozen=True, slots=True)
class PlacedDecision:
    """One decision that counts, with the record that holds it."""

    counted: Counted
    index: int
    decision: Decision

    @property
    def record(self) -> DecisionRecord:
        """The record that holds it."""
        return self.counted.record

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.counted.place}#{self.index}"


@dataclass(frozen=True, slots=True)
class History:
    """A run as the rules see it."""

    material: Material
    counting: Counting
    events: tuple[PlacedEvent, ...]
    customer_events: tuple[PlacedEvent, ...]
    decisions: tuple[PlacedDecision, ...]

    @classmethod
    def of(cls, material: Material) -> "History":
        """Decode everything once."""
        counting = count(material.decisions)
        return cls(
            material=material,
            counting=counting,
            events=tuple(map(_placed, material.events)),
            customer_events=tuple(map(_placed, material.customer_events)),
            decisions=tuple(
                PlacedDecision(counted, index, decision)
                for counted in counting.all()
                for index, decision in enumerate(counted.record.decisions)
            ),
        )

    def of_type(self, kind: type[D]) -> Iterable[tuple[PlacedDecision, D]]:
        """The decisions of one type, in log order."""
        for placed in self.decisions:
            if isinstance(placed.decision, kind):
                yield placed, placed.decision


def _placed(raw: RawRecord) -> PlacedEvent:
    try:
        return PlacedEvent(raw, decode_event(raw.value))
    except UnprocessableError:
        return PlacedEvent(raw, None)
