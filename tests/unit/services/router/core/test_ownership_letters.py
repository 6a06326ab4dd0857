"""Dead letters are bounded, and a save waits for those before it."""

from libs.common.contracts.terms import RefusalReason
from services.router.core import ownership_effects as e
from services.router.core.ownership_letters import Letter, Letters
from tests.unit.services.router.core.takeover_dialogue import LIMITS, Dialogue, alive


def letters(*offsets: int) -> Letters:
    """Letters that wait."""
    return Letters(LIMITS, [Letter(offset, RefusalReason.TOO_OLD) for offset in offsets])


def test_few_are_sent_at_once() -> None:
    """The next follow as these are safe."""
    waiting = letters(1, 2, 3)

    assert [letter.event_offset for letter in waiting.to_send()] == [1, 2]
    assert waiting.to_send() == []
    waiting.acked(1)
    assert [letter.event_offset for letter in waiting.to_send()] == [3]


def test_sent_up_to_looks_at_waiting_and_at_sent_ones() -> None:
    """A letter is safe when it was acknowledged and not before."""
    waiting = letters(1, 2, 3)
    waiting.to_send()

    assert waiting.are_sent_up_to(0)
    assert not waiting.are_sent_up_to(1)
    waiting.acked(1)
    waiting.acked(2)
    assert waiting.are_sent_up_to(2)
    assert not waiting.are_sent_up_to(3)


def test_failed_letter_is_not_safe() -> None:
    """It waits for the next timer."""
    waiting = letters(1)
    waiting.to_send()
    waiting.failed(1)

    assert not waiting.are_sent_up_to(1)
    assert [letter.event_offset for letter in waiting.to_send_again()] == [1]
    assert waiting.to_send_again() == []


def test_answer_about_an_unknown_letter_means_nothing() -> None:
    """A late answer to an earlier try."""
    waiting = letters()

    waiting.failed(9)
    waiting.acked(9)

    assert waiting.are_sent_up_to(9)


def test_too_many_waiting_letters_stop_deciding() -> None:
    """A flood of refusals is held back instead of piling up."""
    talk = Dialogue()
    talk.recover()
    for offset in range(4):
        talk.hear(offset, alive("refuse-1", event_id=f"event-{offset}"))
    talk.count()
    for offset in range(4, 8):
        talk.hear(offset)
    sent = len(talk.of(e.PublishRecord))

    talk.take(talk.machine.dead_letter_acked(0))

    assert sent == 5
    assert len(talk.of(e.PublishRecord)) > sent
