"""What queues say of their closed hours and can't mean is refused at the door."""

import pytest

from tests.unit.libs.common.documents.broken_desks import mistakes_of

ALWAYS = '{calendar_id: office, zone: UTC, opening: {monday: ["09:00-10:00"]}}'


def desk(*queues: str, rest: str = "") -> str:
    """A desk of these queues, each `name: out_of_hours`, all with a calendar."""
    lines = [f"calendars: [{ALWAYS}]", "queues:"]
    for queue in queues:
        name, _, out_of_hours = queue.partition(": ")
        lines.append(f"  - {{queue_id: {name}, calendar: office, out_of_hours: {out_of_hours}}}")
    return "\n".join([*lines, "  - {queue_id: night}", "default: {queue: night}", rest])


def fields(text: str) -> list[tuple[int | None, str]]:
    """Where the mistakes are."""
    return [(one.line, one.field) for one in mistakes_of(text)]


@pytest.mark.parametrize(
    "queues",
    [
        ["a: {do: move, queue: b}", "b: {do: move, queue: night}"],
        ["a: {do: follow_the_sun, queue: b}", "b: {do: follow_the_sun, queue: a}"],
        ["a: {do: follow_the_sun, queue: b}", "b: {do: move, queue: a}"],
        ["a: {do: message_only, notices: [{language: de, text: 'Ab {next_opening}.'}]}"],
        ["a: {do: wait}"],
    ],
    ids=["chain", "round the world", "half a circle", "notice", "default"],
)
def test_what_may_be_meant_is_taken(queues: list[str]) -> None:
    """A chain that ends, and a circle in which work goes to open queues only."""
    assert fields(desk(*queues)) == []


def test_a_circle_is_told_at_each_of_its_queues() -> None:
    """Not at the queue that leads into it."""
    text = desk("a: {do: move, queue: b}", "b: {do: move, queue: c}", "c: {do: move, queue: b}")

    assert fields(text) == [(4, "queues.1.out_of_hours.queue"), (5, "queues.2.out_of_hours.queue")]
    assert mistakes_of(text)[0].problem == ("moves in a circle: b to c to b; let one of them wait")


@pytest.mark.parametrize("way", ["move", "follow_the_sun"])
def test_a_queue_is_not_another(way: str) -> None:
    """Nothing moves to where it is."""
    assert fields(desk(f"a: {{do: {way}, queue: a}}")) == [(3, "queues.0.out_of_hours.queue")]


@pytest.mark.parametrize(
    ("out_of_hours", "field"),
    [
        ("{do: move}", ".queue"),
        ("{do: follow_the_sun}", ".queue"),
        ("{do: wait, queue: night}", ".queue"),
        ("{do: move, queue: moon}", ".queue"),
        ("{do: sleep}", ".do"),
        ("{do: message_only}", ""),
        ("{notices: [{language: de, text: x}, {language: de, text: y}]}", ".notices.1.language"),
        ("{notices: [{language: de, text: 'ab {opening}'}]}", ".notices.0.text"),
        ("{notices: [{language: de, text: 'ab {'}]}", ".notices.0.text"),
        ("{notices: [{language: de, text: ''}]}", ".notices.0.text"),
    ],
)
def test_a_mistake_is_named_by_line_and_field(out_of_hours: str, field: str) -> None:
    """The author learns where."""
    found = fields(desk(f"a: {out_of_hours}"))

    assert found == [(3, f"queues.0.out_of_hours{field}")]


def test_closed_hours_need_a_calendar() -> None:
    """A queue that is always open never says what it does when it is closed."""
    text = desk().replace(
        "{queue_id: night}", "{queue_id: night, out_of_hours: {do: message_only}}"
    )

    assert (3, "queues.0.out_of_hours") in fields(text)


def test_calls_are_not_moved_into_a_broadcast() -> None:
    """R15, through as many queues as it takes."""
    text = desk(
        "a: {do: move, queue: b}",
        "b: {do: move, queue: all}",
        rest="channels: {voice: {exclusive: true}}",
    )
    text = text.replace("default: {queue: night}", "default: {queue: a}")
    text = text.replace("  - {queue_id: night}", "  - {queue_id: all, offer: {mode: broadcast}}")

    assert fields(text) == [(4, "queues.1.out_of_hours.queue")]
