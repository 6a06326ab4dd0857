"""What queues say to those who wait and can't mean is refused at the door."""

import pytest

from tests.unit.libs.common.documents.broken_desks import mistakes_of


def fields(wait_notices: str) -> list[tuple[int | None, str]]:
    """Where the mistakes of a desk with these notices are, below the queue's."""
    text = f"queues:\n  - {{queue_id: a, wait_notices: {wait_notices}}}\ndefault: {{queue: a}}"
    prefix = "queues.0.wait_notices"
    found = (one for one in mistakes_of(text) if one.field.startswith(prefix))
    return [(one.line, one.field.removeprefix(prefix)) for one in found]


@pytest.mark.parametrize(
    "wait_notices",
    [
        "{notices: [{language: en, text: Please wait.}]}",
        "{every_s: 10, at_most: 20, notices: [{language: en, text: '{position}'}]}",
        "{notices: [{language: en, text: '{position} {minutes}', without_estimate: Wait.}]}",
        "{notices: [{language: en, text: One moment.}, {language: de, text: Moment.}]}",
    ],
    ids=["words", "bounds", "estimate", "languages"],
)
def test_what_may_be_meant_is_taken(wait_notices: str) -> None:
    """Words with and without a place, in several languages."""
    assert fields(wait_notices) == []


@pytest.mark.parametrize(
    ("wait_notices", "field"),
    [
        ("{every_s: 9, notices: [{language: en, text: x}]}", ".every_s"),
        ("{every_s: 3601, notices: [{language: en, text: x}]}", ".every_s"),
        ("{at_most: 0, notices: [{language: en, text: x}]}", ".at_most"),
        ("{at_most: 21, notices: [{language: en, text: x}]}", ".at_most"),
        ("{notices: []}", ".notices"),
        ("{}", ".notices"),
        ("{notices: [{language: en, text: x}, {language: en, text: y}]}", ".notices.1.language"),
        ("{notices: [{language: en, text: 'at {place}'}]}", ".notices.0.text"),
        ("{notices: [{language: en, text: '{minutes}'}]}", ".notices.0.without_estimate"),
        (
            "{notices: [{language: en, text: x, without_estimate: '{minutes}'}]}",
            ".notices.0.without_estimate",
        ),
    ],
)
def test_a_mistake_is_named_by_line_and_field(wait_notices: str, field: str) -> None:
    """The author learns where."""
    assert fields(wait_notices) == [(2, field)]
