"""Events that an owner needs and that are gone: lost, or saved by a newer epoch and removed."""

from libs.common.decision_log import LogPosition
from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason
from tests.unit.services.router.core.takeover_dialogue import Dialogue, a_record


def _seeking_the_third_event(*, start: int, end: int) -> Dialogue:
    talk = Dialogue()
    talk.write_epoch("another")
    talk.write(a_record(0, 1, 0))
    talk.write(a_record(0, 2, 1))
    talk.recover(events_start=start, events_end=end)
    return talk


def test_events_that_are_not_there_yet_need_a_person() -> None:
    """The log has decided more of them than there are."""
    talk = _seeking_the_third_event(start=0, end=0)

    assert talk.end.reason is EndReason.EVENTS_GONE


def test_events_that_are_gone_and_not_saved_need_a_person() -> None:
    """The store is asked before somebody is: it knows no newer epoch."""
    talk = _seeking_the_third_event(start=3, end=5)
    assert talk.effects[-1] == e.LoadSave()
    assert not talk.machine.is_ended

    talk.take(talk.machine.save_loaded(None))

    assert talk.end.reason is EndReason.EVENTS_GONE


def test_events_that_a_newer_epoch_has_saved_may_be_gone() -> None:
    """Who was frozen before its first event is superseded, and nobody is paged (seed 100111)."""
    talk = _seeking_the_third_event(start=3, end=5)
    newer = LogPosition(offset=9, epoch=8, number=1, event_offset=2)

    talk.take(talk.machine.save_loaded(e.StoredSave(position=newer, documents=())))

    assert talk.end.reason is EndReason.SUPERSEDED


def test_missing_event_needs_a_person() -> None:
    """Events were lost between two reads. The store is asked once, and nothing more is heard."""
    talk = Dialogue()
    talk.recover()
    loads = len(talk.of(e.LoadSave))
    talk.hear(1)
    talk.hear(2)
    assert talk.machine.room == 0
    assert len(talk.of(e.LoadSave)) == loads + 1

    talk.take(talk.machine.save_loaded(None))

    assert talk.end.reason is EndReason.EVENTS_GONE
