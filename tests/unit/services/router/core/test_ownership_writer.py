"""Which events are decided, announced, refused, and what a bug costs."""

from dataclasses import replace

from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.records import AttemptStarted, DecisionRecord
from libs.common.contracts.terms import RefusalReason
from services.router.core import ownership_effects as e
from services.router.core.ownership_effects import EndReason, Oversize
from tests.unit.services.router.core.takeover_dialogue import (
    LIMITS,
    NOW_MS,
    Dialogue,
    a_record,
    alive,
)


def last_record(talk: Dialogue) -> object:
    """The record published last."""
    return talk.of(e.PublishRecord)[-1].record


def reason_of(record: object) -> RefusalReason:
    """Why the record refuses its event."""
    assert isinstance(record, DecisionRecord)
    (refused,) = record.decisions
    assert isinstance(refused, EventRefused)
    return refused.reason


def with_silent_epochs(count: int) -> Dialogue:
    """A log in which that many epochs began and left no record."""
    talk = Dialogue()
    for number in range(count):
        talk.write_epoch(f"epoch-{number}")
    return talk


def test_bug_costs_the_epoch_and_the_state() -> None:
    """What was sent before is still read back; then the epoch ends without a save (rule 24)."""
    talk = Dialogue()
    talk.recover()
    talk.hear(0)

    assert talk.hear(1, alive("poison-1")) == []
    talk.count()

    assert talk.end.reason is EndReason.DECIDE_FAILED
    assert talk.end.event_offset == 1
    assert type(talk.end.cause).__name__ == "PoisonError"
    assert talk.of(e.WriteSave) == []


def test_two_epochs_may_fail_before_the_next_announces_its_try() -> None:
    """Before that a crash may be anybody's fault."""
    talk = with_silent_epochs(1)
    talk.recover()

    talk.hear(0)

    assert isinstance(last_record(talk), DecisionRecord)


def test_third_try_is_announced_and_waits_until_that_counts() -> None:
    """The try may kill the process, so its announcement must stand first."""
    talk = with_silent_epochs(2)
    talk.recover()

    talk.hear(0)
    talk.hear(1)
    announced = last_record(talk)
    talk.count()
    tried = last_record(talk)

    assert announced == AttemptStarted(epoch=2, number=1, event_offset=0, now_ms=0)
    assert isinstance(tried, DecisionRecord)
    assert (tried.number, tried.event_offset) == (2, 0)


def test_suspect_event_is_alone_under_way() -> None:
    """The blame must fall on the right one; after it the pipeline is full again."""
    talk = with_silent_epochs(2)
    talk.recover()
    for offset in range(4):
        talk.hear(offset)
    talk.count()
    assert len(talk.of(e.PublishRecord)) == 3

    talk.count()

    assert len(talk.of(e.PublishRecord)) == 6


def test_event_whose_announced_try_left_no_record_is_refused() -> None:
    """And put aside: it costs itself, not its partition."""
    talk = with_silent_epochs(2)
    talk.write(AttemptStarted(epoch=1, number=1, event_offset=0, now_ms=NOW_MS))
    talk.recover()

    talk.hear(0, alive("poison-1"))
    talk.count()

    assert reason_of(last_record(talk)) is RefusalReason.UNPROCESSABLE
    assert talk.of(e.SendDeadLetter) == [e.SendDeadLetter(0, RefusalReason.UNPROCESSABLE)]


def test_record_clears_the_suspicion() -> None:
    """Epochs and tries count for one event."""
    talk = with_silent_epochs(3)
    talk.write(a_record(2, 1, 0))
    talk.recover()

    talk.hear(1)

    assert isinstance(last_record(talk), DecisionRecord)


def test_too_large_a_record_gets_no_number() -> None:
    """The state already holds it, so the epoch ends; the next one refuses the event."""
    talk = Dialogue()
    talk.recover()

    talk.hear(0, alive("huge-1"))

    assert talk.end.reason is EndReason.RECORD_TOO_LARGE
    assert talk.end.oversize == Oversize(event_offset=0)


def test_too_many_bytes_are_too_large_as_well() -> None:
    """Whichever limit is met first."""
    talk = Dialogue(limits=replace(LIMITS, record_bytes_max=100))
    talk.recover()

    talk.hear(0)

    assert talk.end.reason is EndReason.RECORD_TOO_LARGE


def test_event_known_to_be_too_large_is_refused() -> None:
    """At first sight, and only that one."""
    talk = Dialogue(oversize=Oversize(event_offset=0))
    talk.recover()

    talk.hear(0, alive("huge-1"))
    refused = last_record(talk)
    talk.hear(1)

    assert reason_of(refused) is RefusalReason.RECORD_TOO_LARGE
    assert isinstance(last_record(talk), DecisionRecord)


def test_pipeline_is_bounded_in_bytes() -> None:
    """A few large records fill it as many small ones do."""
    talk = Dialogue(limits=replace(LIMITS, pipeline_bytes_max=1))
    talk.recover()

    talk.hear(0)
    talk.hear(1)

    assert len(talk.of(e.PublishRecord)) == 2
