"""What a dead letter says about itself."""

import pytest

from libs.common.contracts.topics import dead_letter_topic
from libs.common.dead_letters import letters
from libs.common.errors import UnprocessableError
from libs.common.kafka_records import Record, RecordPlace, SendHeaders

EVENT = (
    b'{"specversion":"1.0","id":"evt-1","source":"s","type":"t",'
    b'"time":"2026-11-22T10:00:00Z","data":{}}'
)


class FakePublisher:
    """Remembers what was published."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes | None, bytes, SendHeaders]] = []

    async def publish(
        self, topic: str, *, key: bytes | None, value: bytes, headers: SendHeaders = ()
    ) -> RecordPlace:
        """Take the record."""
        self.sent.append((topic, key, value, headers))
        return RecordPlace(partition=0, offset=len(self.sent) - 1)


def record(value: bytes | None = EVENT, **changes: object) -> Record:
    """A record that was read."""
    given = {"topic": "events", "partition": 2, "offset": 9, "key": b"k", "headers": (("h", b"v"),)}
    return Record(**{**given, "value": value, **changes})  # type: ignore[arg-type]


async def sent_letter(source: Record, *, reason: str = "KeyError") -> Record:
    """The record that putting aside publishes, as it is read back."""
    publisher = FakePublisher()
    await letters.send(publisher, source, reason=reason, attempts=3, consumer="history")  # type: ignore[arg-type]
    ((topic, key, value, headers),) = publisher.sent
    return Record(topic=topic, partition=0, offset=0, key=key, value=value, headers=tuple(headers))


async def test_letter_keeps_the_record_and_says_where_it_came_from() -> None:
    """Key, bytes and headers as they were; origin, reason and attempts beside them."""
    put_aside = await sent_letter(record())

    letter = letters.read(put_aside)

    assert put_aside.topic == dead_letter_topic("events")
    assert (put_aside.key, put_aside.value) == (b"k", EVENT)
    assert put_aside.headers[0] == ("h", b"v")
    assert (letter.origin, letter.origin_topic) == ("events/2/9", "events")
    assert (letter.reason, letter.attempts, letter.event_id) == ("KeyError", 3, "evt-1")


async def test_letter_of_a_letter_replaces_the_old_marks() -> None:
    """A replay that failed again tells the new place only."""
    first = await sent_letter(record())

    again = await sent_letter(record(headers=first.headers, offset=50), reason="ValueError")

    assert [name for name, _ in again.headers].count(letters.ORIGIN) == 1
    assert letters.read(again).origin == "events/2/50"
    assert letters.read(again).reason == "ValueError"


async def test_mark_names_the_letter_that_it_is_about() -> None:
    """It is known from a letter, and from nothing else than its headers."""
    publisher = FakePublisher()
    letter = letters.read(await sent_letter(record()))

    await letters.mark_replayed(
        publisher,  # type: ignore[arg-type]
        letter,
        place=RecordPlace(partition=2, offset=51),
    )

    ((topic, key, value, headers),) = publisher.sent
    mark = Record(topic=topic, partition=0, offset=1, key=key, value=value, headers=tuple(headers))
    assert (topic, key) == (letter.record.topic, b"k")
    assert letters.replayed_origin(mark) == letter.origin
    assert letters.replayed_origin(letter.record) is None


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[]", b'{"id":"x"}'])
def test_undecodable_letter_has_no_event_id(value: bytes | None) -> None:
    """Whatever the bytes are, the list can be shown."""
    letter = letters.read(record(value, topic="events.dlq", headers=(("x-attempts", b"x"),)))

    assert (letter.event_id, letter.attempts) == ("", 0)
    assert letter.origin == "events/2/9"


def test_reason_never_quotes_a_strange_error() -> None:
    """Only our own errors are known to hold no content."""
    assert letters.reason_of(KeyError("CANARY")) == "KeyError"
    assert letters.reason_of(UnprocessableError("no type")) == "UnprocessableError: no type"
    assert len(letters.reason_of(UnprocessableError("x" * 1_000))) == letters.REASON_LENGTH_MAX
