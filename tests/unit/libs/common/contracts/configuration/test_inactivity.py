"""What a queue may say about customers who say nothing."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import InactivityPolicy

WORDS = [{"language": "en", "text": "Still there?"}]


def test_a_reminder_alone_closes_nothing() -> None:
    """The end is for those who ask for it."""
    policy = InactivityPolicy.model_validate({"remind_after_s": 60, "reminders": WORDS})

    assert (policy.close_after_s, policy.closings) == (None, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"close_after_s": 60},
        {"closings": WORDS},
        {"reminders": []},
        {"remind_after_s": 0},
        {"remind_after_s": 30 * 86_400 + 1},
        {"close_after_s": 0, "closings": WORDS},
        {"texts": WORDS},
    ],
)
def test_an_end_has_its_words_and_times_have_bounds(changes: dict[str, object]) -> None:
    """Nobody is let go without a word, and no patience lasts for ever."""
    document = {"remind_after_s": 60, "reminders": WORDS, **changes}

    with pytest.raises(ValidationError):
        InactivityPolicy.model_validate(document)
