"""Which records of the decision log count: the checker's own implementation of the rule.

A record counts if its epoch is the offset of the latest `EpochStarted` before it in its partition
and its number is the last counted one of that epoch plus one; after a hole the rest of the epoch is
void (protocol, rules 5 and 6). Written from the protocol, not from the platform's own reader.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from libs.common.contracts.records import DecisionRecord, decode_record
from libs.common.errors import UnprocessableError
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.material import RawRecord


@dataclass(frozen=True, slots=True)
class Counted:
    """One record that counts, with its place."""

    partition: int
    offset: int
    record: DecisionRecord

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"decisions/{self.partition}/{self.offset}"


@dataclass(slots=True)
class Counting:
    """The log as everyone must read it: what counts by partition, and what does not."""

    counted: dict[int, list[Counted]] = field(default_factory=lambda: defaultdict(list))
    epochs: int = 0
    void: int = 0
    findings: list[Finding] = field(default_factory=list)
    _readers: dict[int, "_Reader"] = field(default_factory=lambda: defaultdict(_Reader))

    def feed(self, records: Iterable[RawRecord]) -> None:
        """Judge the records that follow those that were judged before."""
        for record in records:
            _judge(self, self._readers[record.partition], record)

    def all(self) -> Iterable[Counted]:
        """Every counted record, partition by partition, in log order."""
        for partition in sorted(self.counted):
            yield from self.counted[partition]


@dataclass(slots=True)
class _Reader:
    """What must be remembered between two records of one partition."""

    epoch: int | None = None
    next_number: int = 1


def count(records: Iterable[RawRecord]) -> Counting:
    """Judge every record of the decisions topic."""
    counting = Counting()
    counting.feed(records)
    return counting


def _judge(counting: Counting, reader: _Reader, raw: RawRecord) -> None:
    headers = dict(raw.headers)
    kind = headers.get("kind", b"").decode()
    if kind == "epoch":
        reader.epoch, reader.next_number = raw.offset, 1
        counting.epochs += 1
        return
    epoch, number = _integer(headers, "epoch"), _integer(headers, "number")
    if reader.epoch is None or epoch != reader.epoch or number != reader.next_number:
        counting.void += 1
        return
    reader.next_number += 1
    if kind == "decisions":
        _take(counting, raw, headers)


def _take(counting: Counting, raw: RawRecord, headers: dict[str, bytes]) -> None:
    place = f"decisions/{raw.partition}/{raw.offset}"
    try:
        record = decode_record(raw.value)
    except UnprocessableError as error:
        counting.findings.append(
            Finding(rule="counted record decodes", subject=place, seen=str(error))
        )
        return
    if not isinstance(record, DecisionRecord):
        counting.findings.append(
            Finding(rule="headers repeat the record", subject=place, seen=type(record).__name__)
        )
        return
    for name in ("epoch", "number", "event_offset", "now_ms"):
        if _integer(headers, name) != getattr(record, name):
            seen = f"{name}: header {_integer(headers, name)}, record {getattr(record, name)}"
            counting.findings.append(
                Finding(rule="headers repeat the record", subject=place, seen=seen)
            )
    counting.counted[raw.partition].append(Counted(raw.partition, raw.offset, record))


def _integer(headers: dict[str, bytes], name: str) -> int | None:
    text = headers.get(name, b"").decode()
    return int(text) if text.isdigit() else None
