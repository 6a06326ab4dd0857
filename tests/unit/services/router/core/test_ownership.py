"""A takeover from its beginning to its end, told as dialogues."""

from dataclasses import replace

from libs.common.contracts.records import DecisionRecord, EpochStarted
from libs.common.decision_log import LogPosition
from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason
from tests.unit.services.router.core.takeover_dialogue import (
    LIMITS,
    NONCE,
    NOW_MS,
    Dialogue,
    a_record,
)


def saved_at(offset: int, event_offset: int) -> e.StoredSave:
    """A save as of this record."""
    position = LogPosition(
        offset=offset, epoch=0, number=offset, event_offset=event_offset, now_ms=NOW_MS
    )
    return e.StoredSave(position=position, documents=())


def test_takeover_goes_step_by_step() -> None:
    """Membership, epoch, save, log, events: each is asked for when the one before is known."""
    talk = Dialogue()

    assert talk.take(talk.machine.begin(nonce=NONCE, prior_epoch=7, now_ms=0)) == [
        e.ConfirmMembership()
    ]
    (published,) = talk.take(talk.machine.heartbeat_confirmed())
    assert isinstance(published, e.PublishRecord)
    assert published.number == 0
    assert published.record == EpochStarted(
        nonce=NONCE, owner="router-0", engine_version="1", prior_epoch=7
    )
    talk.land()
    assert talk.machine.epoch_publish_acked() == [e.LoadSave()]
    assert talk.machine.save_loaded(None) == [e.DescribeLog()]
    assert talk.machine.log_described(start=0, end=1) == [e.ReadLogFrom(0)]
    assert talk.machine.room == 0
    assert talk.read_back() == [e.SeekEvents(0)]
    assert talk.machine.events_described(start=0, end=5) == []
    assert talk.machine.room == LIMITS.events_waiting_max


def test_epoch_is_where_the_own_nonce_was_read() -> None:
    """Other starts before it are other epochs; the acknowledged offset is never asked for."""
    talk = Dialogue()
    talk.write_epoch("another")

    talk.recover()
    talk.hear(0)

    record = talk.of(e.PublishRecord)[-1].record
    assert isinstance(record, DecisionRecord)
    assert (record.epoch, record.number, record.event_offset) == (1, 1, 0)
    assert talk.machine.epoch == 1


def test_log_is_folded_after_the_save() -> None:
    """Deciding goes on behind the last record that counts, save or log."""
    talk = Dialogue()
    talk.write_epoch("another")
    for number in range(1, 4):
        talk.write(a_record(0, number, number - 1))
    talk.write(a_record(0, 9, 8))

    talk.recover(saved_at(2, 1))

    assert talk.of(e.ReadLogFrom) == [e.ReadLogFrom(3)]
    assert talk.of(e.SeekEvents) == [e.SeekEvents(3)]


def test_log_that_lost_its_beginning_asks_for_a_newer_save_once() -> None:
    """A save may have been written while the log was shortened; if not, a person must look."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(None))

    assert talk.take(talk.machine.log_described(start=4, end=9)) == [e.LoadSave()]
    talk.take(talk.machine.save_loaded(saved_at(2, 2)))
    talk.take(talk.machine.log_described(start=4, end=9))

    assert talk.end.reason is EndReason.LOG_GONE
    assert talk.end.is_paging


def test_newer_save_is_enough() -> None:
    """The reloaded save reaches what the log still holds."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(None))
    talk.take(talk.machine.log_described(start=4, end=9))
    talk.take(talk.machine.save_loaded(saved_at(3, 3)))

    assert talk.machine.log_described(start=4, end=9) == [e.ReadLogFrom(4)]


def test_log_shorter_than_the_save_needs_a_person() -> None:
    """Records were lost: nobody goes on over that."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(saved_at(5, 5)))

    talk.take(talk.machine.log_described(start=0, end=5))

    assert talk.end.reason is EndReason.LOG_SHORTER_THAN_SAVE


def test_save_newer_than_the_own_epoch_supersedes() -> None:
    """Somebody has owned and saved since: everything is dropped (rule 11)."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(saved_at(5, 5)))

    talk.take(talk.machine.log_described(start=0, end=6))

    assert talk.end.reason is EndReason.SUPERSEDED
    assert not talk.end.is_paging


def test_own_epoch_that_stands_before_the_save_supersedes() -> None:
    """The end as of the acknowledgement is reached without having met the own nonce."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(saved_at(5, 5)))
    talk.take(talk.machine.log_described(start=0, end=8))

    talk.take(talk.machine.log_read(6, None, b""))
    talk.take(talk.machine.log_read(7, None, b""))

    assert talk.end.reason is EndReason.SUPERSEDED


def test_gap_in_the_log_needs_a_person() -> None:
    """Retention has overtaken the reader."""
    talk = Dialogue()
    talk.begin()
    talk.take(talk.machine.save_loaded(None))
    talk.take(talk.machine.log_described(start=0, end=9))

    talk.take(talk.machine.log_read(3, None, b""))

    assert talk.end.reason is EndReason.LOG_GONE


def test_answer_about_events_is_judged_by_the_offset_that_was_asked_for() -> None:
    """It may come when more events were heard than there were at the question (seed 56)."""
    talk = Dialogue()
    talk.recover()
    for offset in range(3):
        talk.hear(offset)

    assert talk.machine.events_described(start=0, end=0) == []
    assert not talk.machine.is_ended


def test_failed_publish_ends_the_epoch_at_once() -> None:
    """Nothing is sent again; what was sent may still land (rule 13)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)

    talk.take(talk.machine.publish_failed())

    assert talk.end.reason is EndReason.PUBLISH_FAILED
    assert talk.machine.tenure is None


def test_facts_after_the_end_mean_nothing() -> None:
    """Acknowledgements and saves of an ended takeover are ignored (rule 18)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.take(talk.machine.publish_failed())

    assert talk.count() == []
    assert talk.machine.publish_acked(1) == []
    assert talk.machine.save_written(1) == []
    assert talk.hear(1) == []
    assert talk.pass_ms(1_000) == []
    assert talk.machine.room == 0


def test_facts_before_the_tenure_are_harmless() -> None:
    """A stray answer does not start anything."""
    talk = Dialogue()

    assert talk.machine.publish_acked(1) == []
    assert talk.machine.save_failed() == []
    assert talk.machine.log_read(0, None, b"") == []
    assert talk.machine.events_described(start=0, end=0) == []
    assert talk.machine.epoch == -1
    assert not talk.machine.has_counted


def test_recovery_that_takes_too_long_ends() -> None:
    """Whatever hangs, the next attempt may do better."""
    talk = Dialogue()
    talk.begin()

    assert talk.pass_ms(LIMITS.recovery_ms_max) == []
    talk.pass_ms(1)

    assert talk.end.reason is EndReason.RECOVERY_LATE


def test_unavailable_store_ends_the_recovery() -> None:
    """Nothing is decided without the save."""
    talk = Dialogue()
    talk.begin()

    talk.take(talk.machine.unavailable())

    assert talk.end.reason is EndReason.UNAVAILABLE


def test_stop_before_the_tenure_ends_at_once() -> None:
    """There is nothing to read back."""
    talk = Dialogue()
    talk.begin()

    talk.take(talk.machine.stop(EndReason.STOPPED))

    assert talk.end.reason is EndReason.STOPPED


def test_stop_reads_back_and_saves_first() -> None:
    """Leaving in order: no more decisions, then the last save, the lag, the end."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    assert talk.take(talk.machine.stop(EndReason.STOPPED)) == []
    assert talk.machine.room == 0
    assert talk.hear(1) == []

    (write,) = talk.count()
    assert isinstance(write, e.WriteSave)
    assert write.save.position.event_offset == 0

    assert talk.take(talk.machine.save_written(1)) == [
        e.CommitEvents(1),
        e.End(reason=EndReason.STOPPED),
    ]


def test_stop_does_not_wait_for_ever() -> None:
    """What was not read back in time stays behind; the log has it or not."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.take(talk.machine.stop(EndReason.REVOKED))

    assert talk.pass_ms(LIMITS.drain_ms_max - 1) == []
    talk.pass_ms(1)

    assert talk.end.reason is EndReason.REVOKED


def test_second_stop_changes_nothing() -> None:
    """The first reason is why it ended."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.take(talk.machine.stop(EndReason.STOPPED))
    talk.take(talk.machine.stop(EndReason.REVOKED))
    talk.count()

    talk.take(talk.machine.save_written(1))

    assert talk.end.reason is EndReason.STOPPED


def test_epoch_ends_before_readers_could_miss_its_start() -> None:
    """A quarter of the retention at most (rule 20)."""
    talk = Dialogue(limits=replace(LIMITS, epoch_ms_max=500))
    talk.recover()

    assert talk.pass_ms(500) == []
    talk.pass_ms(1)

    assert talk.end.reason is EndReason.EPOCH_EXPIRED


def test_end_for_another_reason_while_leaving_says_so() -> None:
    """What really happened is reported, not what was planned."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.take(talk.machine.stop(EndReason.STOPPED))

    talk.take(talk.machine.publish_failed())

    assert talk.end.reason is EndReason.PUBLISH_FAILED
