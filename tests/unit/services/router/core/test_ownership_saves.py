"""A save is the state after an own record that was read back, whoever writes it and when."""

from dataclasses import replace

from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason
from services.router.core.ownership_saves import Saves
from tests.simulation.tiny_engine import TinyEngine
from tests.unit.services.router.core.takeover_dialogue import LIMITS, Dialogue


def saving_every(records: int) -> Dialogue:
    """An owner that saves by count."""
    talk = Dialogue(limits=replace(LIMITS, save_every_records=records))
    talk.recover()
    return talk


def test_save_by_count_waits_until_its_record_was_read_back() -> None:
    """An acknowledgement is not enough (rule 16)."""
    talk = saving_every(2)
    talk.hear(0)
    talk.hear(1)
    talk.take(talk.machine.publish_acked(2))
    assert talk.of(e.WriteSave) == []

    talk.count()

    (write,) = talk.of(e.WriteSave)
    position = write.save.position
    assert (position.offset, position.epoch, position.number, position.event_offset) == (2, 0, 2, 1)
    assert write.save.base == -1


def test_save_holds_the_state_of_its_record_and_not_of_later_ones() -> None:
    """The changes were taken when the record was decided."""
    talk = saving_every(2)
    for offset in range(4):
        talk.hear(offset)

    talk.count()

    (write,) = talk.of(e.WriteSave)
    saved_ids = {change.id for change in write.save.changes if change.kind == "id"}
    assert saved_ids == {"event-0", "event-1"}


def test_quiet_partition_is_saved_by_time() -> None:
    """As of its last record (rule 17)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.count()
    assert talk.of(e.WriteSave) == []

    talk.pass_ms(LIMITS.save_every_ms)

    (write,) = talk.of(e.WriteSave)
    assert write.save.position.offset == 1


def test_nothing_new_is_not_saved_again() -> None:
    """Also when time passes."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)
    talk.count()
    talk.pass_ms(LIMITS.save_every_ms)
    talk.take(talk.machine.save_written(1))

    talk.pass_ms(LIMITS.save_every_ms)

    assert len(talk.of(e.WriteSave)) == 1


def test_next_save_builds_on_the_written_one() -> None:
    """Its base is where the last one stands, and only later changes are in it."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()
    assert talk.take(talk.machine.save_written(1)) == [e.CommitEvents(1)]
    talk.hear(1)
    talk.count()

    save = talk.of(e.WriteSave)[-1].save

    assert save.base == 1
    assert {change.id for change in save.changes if change.kind == "id"} == {"event-1"}


def test_save_of_unknown_outcome_stays_part_of_the_next() -> None:
    """Whether it was stored or not, or will be: the next one is right on both."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()
    talk.take(talk.machine.save_failed())
    talk.hear(1)
    talk.count()

    save = talk.of(e.WriteSave)[-1].save

    assert save.base == -1
    assert {change.id for change in save.changes if change.kind == "id"} == {"event-0", "event-1"}


def test_one_save_is_on_its_way_at_a_time() -> None:
    """The next waits for the outcome."""
    talk = saving_every(1)
    for offset in range(3):
        talk.hear(offset)
        talk.count()

    assert len(talk.of(e.WriteSave)) == 1


def test_refusal_by_the_same_save_means_written() -> None:
    """Its own earlier try had landed."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()

    assert talk.take(talk.machine.save_refused(1)) == [e.CommitEvents(1)]


def test_newer_save_of_somebody_supersedes() -> None:
    """Another owner has counted records since (rule 11)."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()

    talk.take(talk.machine.save_refused(9))

    assert talk.end.reason is EndReason.SUPERSEDED


def test_save_older_than_the_base_needs_a_person() -> None:
    """The store has lost what it had confirmed."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()
    talk.take(talk.machine.save_written(1))
    talk.hear(1)
    talk.count()

    talk.take(talk.machine.save_refused(-1))

    assert talk.end.reason is EndReason.SAVE_LOST
    assert talk.end.is_paging


def test_late_answers_about_other_saves_mean_nothing() -> None:
    """Only the one on its way is waited for."""
    saves = Saves(LIMITS, base=-1, now_ms=0)

    assert saves.written(5) is None
    assert saves.refused(5) is None

    saves.decided(1, TinyEngine())
    assert saves.is_idle


def test_answer_about_an_older_save_is_not_this_ones() -> None:
    """A late answer to a try that counted as failed."""
    talk = saving_every(1)
    talk.hear(0)
    talk.count()
    talk.take(talk.machine.save_failed())
    talk.hear(1)
    talk.count()

    assert talk.take(talk.machine.save_written(1)) == []


def test_a_store_that_is_slower_than_the_engine_holds_it_up() -> None:
    """What is decided while a save is under way stays bounded; it goes on once that is stored."""
    talk = saving_every(2)
    for offset in range(10):
        talk.hear(offset)
    talk.count()
    (write,) = talk.of(e.WriteSave)
    held_up = [one.number for one in talk.of(e.PublishRecord)]

    talk.take(talk.machine.save_written(write.save.position.offset))

    gone_on = [one.number for one in talk.of(e.PublishRecord)]
    assert max(held_up) == 6
    assert max(gone_on) > 6
