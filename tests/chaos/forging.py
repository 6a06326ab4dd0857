"""A run's own log with one mistake in it, for the proof that the verdict can be bad."""

from collections.abc import Iterator
from dataclasses import replace

from libs.common.contracts.decisions import MessageFiled
from libs.common.contracts.records import DecisionRecord, decode_record, encode_record, headers_of
from tests.e2e.checker import Material, RawRecord
from tests.e2e.checker.counting import Counted, count


def lost(material: Material) -> Material:
    """The last record that files a message in its epoch has gone: its event stays undecided."""
    gone = _last_filing(material)
    kept = [raw for raw in material.decisions if _place(raw) != (gone.partition, gone.offset)]
    return replace(material, decisions=tuple(kept))


def doubled(material: Material) -> Material:
    """A second owner filed the same message again: the record is there twice, under the next
    number, and all that follow in its epoch have theirs one higher.
    """
    twice = _last_filing(material)
    records: list[RawRecord] = []
    for raw in material.decisions:
        record = decode_record(raw.value)
        is_later = (
            isinstance(record, DecisionRecord)
            and (raw.partition, record.epoch) == (twice.partition, twice.record.epoch)
            and record.number > twice.record.number
        )
        if is_later and isinstance(record, DecisionRecord):
            records.append(_encoded(raw, replace(record, number=record.number + 1)))
            continue
        records.append(raw)
        if _place(raw) == (twice.partition, twice.offset):
            again = replace(twice.record, number=twice.record.number + 1)
            records.append(_encoded(raw, again))
    return replace(material, decisions=tuple(records))


def contradicted(material: Material) -> Material:
    """A record says nothing where a message was to be filed."""
    wrong = _last_filing(material)
    return replace(
        material,
        decisions=tuple(
            _encoded(raw, replace(wrong.record, decisions=()))
            if _place(raw) == (wrong.partition, wrong.offset)
            else raw
            for raw in material.decisions
        ),
    )


def _last_filing(material: Material) -> Counted:
    def filings() -> Iterator[Counted]:
        for one in count(material.decisions).all():
            if any(isinstance(decision, MessageFiled) for decision in one.record.decisions):
                yield one

    return list(filings())[-1]


def _place(raw: RawRecord) -> tuple[int, int]:
    return (raw.partition, raw.offset)


def _encoded(raw: RawRecord, record: DecisionRecord) -> RawRecord:
    return replace(raw, value=encode_record(record), headers=tuple(headers_of(record)))
