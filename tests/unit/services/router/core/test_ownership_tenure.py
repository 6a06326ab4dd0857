"""What an owner does between its epoch's start and its end."""

from libs.common.contracts.records import RecordHeader, RecordKind
from libs.common.contracts.terms import RefusalReason
from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason
from tests.unit.services.router.core.takeover_dialogue import (
    LIMITS,
    NOW_MS,
    Dialogue,
    a_record,
    alive,
)


def numbers(talk: Dialogue) -> list[int]:
    """The numbers published so far, the epoch's start as 0."""
    return [published.number for published in talk.of(e.PublishRecord)]


def test_events_are_decided_as_they_come() -> None:
    """Each leaves one record, in order, without waiting for the one before."""
    talk = Dialogue()
    talk.recover()

    for offset in range(3):
        talk.hear(offset)

    assert numbers(talk) == [0, 1, 2, 3]
    tenure = talk.machine.tenure
    assert tenure is not None
    assert tenure.depth == 3


def test_owner_whose_record_counts_has_made_progress() -> None:
    """What the next attempt's patience goes by."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    assert not talk.machine.has_counted

    talk.count()

    assert talk.machine.has_counted


def test_full_pipeline_waits_for_what_was_read_back() -> None:
    """Publishes are bounded in number (rule 12)."""
    talk = Dialogue()
    talk.recover()
    for offset in range(7):
        talk.hear(offset)
    assert numbers(talk) == [0, 1, 2, 3, 4]
    assert talk.machine.room == 1

    talk.count()

    assert numbers(talk) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_event_heard_twice_is_ignored() -> None:
    """What a fetch brings again was decided already."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)

    assert talk.hear(0) == []


def test_newer_epoch_supersedes() -> None:
    """Whoever wrote it, and however old its wish (rules 6 and 14)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.write_epoch("late")

    talk.count()

    assert talk.end.reason is EndReason.SUPERSEDED


def test_own_record_that_does_not_count_ends_the_epoch() -> None:
    """A hole: one record failed alone and the next one landed (rule 14)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.hear(1)
    talk._published.pop(0)

    talk.count()

    assert talk.end.reason is EndReason.OWN_RECORD_VOID


def test_foreign_void_records_are_only_reported() -> None:
    """A frozen owner may write what it likes."""
    talk = Dialogue()
    talk.write_epoch("another")
    talk.recover()
    talk.write(a_record(0, 1, 0))
    talk.log.append((None, b"not ours"))

    told = talk.read_back()

    assert told == [e.ReportVoid(2), e.ReportVoid(3)]


def test_own_record_that_was_never_sent_is_a_contradiction() -> None:
    """Somebody else writes in this epoch's name."""
    talk = Dialogue()
    talk.recover()
    talk.write(a_record(0, 1, 0))

    talk.read_back()

    assert talk.end.reason is EndReason.CONTRADICTION


def test_dead_letter_waits_until_its_refusal_counts() -> None:
    """Nothing outside acts before a record counts (rule 21)."""
    talk = Dialogue()
    talk.recover()

    assert len(talk.hear(0, alive("refuse-1"))) == 1

    assert talk.count() == [e.SendDeadLetter(0, RefusalReason.LIMIT_REACHED)]


def test_save_past_a_dead_letter_waits_for_it() -> None:
    """Otherwise nobody would ever send it again after a crash."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0, alive("refuse-1"))
    talk.pass_ms(LIMITS.save_every_ms)
    talk.count()
    assert talk.of(e.WriteSave) == []

    told = talk.take(talk.machine.dead_letter_acked(0))

    assert [type(effect) for effect in told] == [e.WriteSave]


def test_failed_dead_letter_is_sent_again_and_then_ends_the_epoch() -> None:
    """Three tries; the next owner finds the refusal in the log and begins anew."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0, alive("refuse-1"))
    talk.count()

    for _ in range(LIMITS.dead_letter_tries_max - 1):
        talk.take(talk.machine.dead_letter_failed(0))
        assert e.SendDeadLetter(0, RefusalReason.LIMIT_REACHED) in talk.pass_ms(10)
    talk.take(talk.machine.dead_letter_failed(0))

    assert talk.end.reason is EndReason.DEAD_LETTER_FAILED


def test_records_that_are_never_read_back_end_the_epoch() -> None:
    """Neither acknowledged nor seen."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)

    talk.pass_ms(LIMITS.read_back_ms_max)
    assert not talk.machine.is_ended
    talk.pass_ms(1)

    assert talk.end.reason is EndReason.READ_BACK_LATE


def test_age_of_a_record_counts_from_its_publishing() -> None:
    """Also for what is published before the first timer of the tenure."""
    talk = Dialogue()
    talk.now_ms = 1_000_000
    talk.recover()
    talk.hear(0)

    talk.pass_ms(LIMITS.read_back_ms_max)

    assert not talk.machine.is_ended


def test_acknowledged_records_that_are_never_read_back_are_told_apart() -> None:
    """Kafka has them and they don't count: somebody should know."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.take(talk.machine.publish_acked(1))

    talk.pass_ms(LIMITS.read_back_ms_max + 1)

    assert talk.end.reason is EndReason.ACKED_NOT_COUNTED


def test_due_deadline_makes_one_tick() -> None:
    """At most one is outstanding, until it was decided or is lost (rule 23)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.count()

    (tick,) = [one for one in talk.pass_ms(500) if isinstance(one, e.PublishTick)]
    again = talk.pass_ms(500)

    assert tick.event_id == "tick.own-nonce.1"
    assert not [one for one in again if isinstance(one, e.PublishTick)]


def test_failed_tick_is_tried_again() -> None:
    """Under a fresh id: a tick is never deduplicated."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.count()
    talk.pass_ms(500)
    talk.take(talk.machine.tick_failed())

    talk.pass_ms(100)

    assert [tick.event_id[-2:] for tick in talk.of(e.PublishTick)] == [".1", ".2"]


def test_header_of_another_kind_of_record_is_void() -> None:
    """Numbers alone don't make a record count."""
    talk = Dialogue()
    talk.write_epoch("another")
    talk.recover()
    stray = RecordHeader(
        kind=RecordKind.DECISIONS, epoch=0, number=1, event_offset=0, now_ms=NOW_MS
    )

    assert talk.take(talk.machine.log_read(2, stray, b"")) == [e.ReportVoid(2)]
