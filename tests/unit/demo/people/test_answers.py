"""Which answer a message gets."""

from demo.people.answers import UNKNOWN, AnswerBook
from demo.traffic.episodes import Exchange


def _book() -> AnswerBook:
    book = AnswerBook()
    book.add("7", [Exchange(asked="a", answered="first"), Exchange(asked="b", answered="second")])
    return book


def test_answers_follow_the_dialogue() -> None:
    """The customer goes on, and so do the answers; the last one says that it is the last."""
    book = _book()

    answers = [book.answer_to("7", "m1"), book.answer_to("7", "m2")]

    assert [answer.text for answer in answers] == ["first", "second"]
    assert [answer.is_last for answer in answers] == [False, True]


def test_the_same_message_gets_the_same_answer() -> None:
    """A message that comes to another agent does not use up the next answer."""
    book = _book()

    assert book.answer_to("7", "m1") == book.answer_to("7", "m1")


def test_a_message_that_nobody_planned_is_answered_all_the_same() -> None:
    """An agent always has something to say."""
    assert _book().answer_to("8", "m9").text == UNKNOWN
