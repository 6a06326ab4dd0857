"""What recovery folds, and what it refuses to fold."""

import pytest

from libs.common.contracts.decisions import EventRefused, ReplicaSeen
from libs.common.contracts.records import AttemptStarted, encode_record, headers_of, read_headers
from libs.common.contracts.terms import RefusalReason
from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason
from tests.simulation.tiny_engine import TinyEngine
from tests.unit.services.router.core.takeover_dialogue import NOW_MS, Dialogue, a_record


def test_refusals_after_the_save_are_told_again() -> None:
    """Nobody knows whether the former owner's dead letter was sent: at least once (rule 21)."""
    talk = Dialogue()
    refused = EventRefused(tenant_id="", desk_id="", reason=RefusalReason.TOO_OLD, event_type="any")
    talk.write_epoch("another")
    talk.write(a_record(0, 1, 0, decisions=(refused,)))

    talk.recover()
    talk.hear(1)

    assert talk.of(e.SendDeadLetter) == [e.SendDeadLetter(0, RefusalReason.TOO_OLD)]


def test_record_of_an_unknown_kind_needs_a_person() -> None:
    """This release can't fold what it does not know (rule 10)."""
    talk = Dialogue()
    talk.write_epoch("another")
    header = read_headers(headers_of(a_record(0, 1, 0)))
    talk.log.append((header, b'{"type":"switchboard.decisions.from-the-future.v1","data":{}}'))

    talk.recover()

    assert talk.end.reason is EndReason.RECORD_UNKNOWN


def test_record_whose_header_contradicts_it_needs_a_person() -> None:
    """A record that counts as decisions must hold decisions."""
    talk = Dialogue()
    talk.write_epoch("another")
    header = read_headers(headers_of(a_record(0, 1, 0)))
    attempt = AttemptStarted(epoch=0, number=1, event_offset=0, now_ms=NOW_MS)
    talk.log.append((header, encode_record(attempt)))

    talk.recover()

    assert talk.end.reason is EndReason.RECORD_UNKNOWN


def test_counted_records_that_contradict_each_other_need_a_person() -> None:
    """The protocol was broken: better stopped than wrong."""
    talk = Dialogue()
    talk.write_epoch("another")
    talk.write(a_record(0, 1, 0))
    talk.write(a_record(0, 2, 5))

    talk.recover()

    assert talk.end.reason is EndReason.CONTRADICTION
    assert talk.end.cause is not None


def test_fold_that_breaks_needs_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that counts can't be left out, so nobody goes on without it."""

    def broken(*_: object) -> None:
        raise KeyError("replica")

    monkeypatch.setattr(TinyEngine, "_evolve", broken)
    talk = Dialogue()
    seen = ReplicaSeen(tenant_id="", desk_id="", replica_id="one")
    talk.write_epoch("another")
    talk.write(a_record(0, 1, 0, decisions=(seen,)))

    talk.recover()

    assert talk.end.reason is EndReason.FOLD_FAILED
    assert isinstance(talk.end.cause, KeyError)


def test_announced_attempts_are_counted_and_not_folded() -> None:
    """They change no state."""
    talk = Dialogue()
    talk.write_epoch("another")
    talk.write(AttemptStarted(epoch=0, number=1, event_offset=0, now_ms=NOW_MS))

    talk.recover()

    assert talk.of(e.SeekEvents) == [e.SeekEvents(0)]
