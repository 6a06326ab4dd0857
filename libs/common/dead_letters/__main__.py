"""`python -m libs.common.dead_letters list|replay`: what was put aside, and another try for it."""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence

from libs.common import clock
from libs.common.contracts.topics import TOPICS, dead_letter_topic
from libs.common.dead_letters.letters import DeadLetter
from libs.common.dead_letters.replay import NOT_REPLAYABLE, read_all, replay
from libs.common.errors import ServiceError
from libs.common.kafka import Publisher
from libs.common.logs import configure_logs
from libs.common.settings import KafkaSettings

COLUMNS = ("ORIGIN", "REASON", "ATTEMPTS", "AGE", "EVENT ID")
REASON_WIDTH_MAX = 70
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def main(arguments: Sequence[str] | None = None) -> int:
    """List or replay; returns the exit code, 1 after an error told on standard error."""
    chosen = _parser().parse_args(arguments)
    configure_logs("dead-letters", level="CRITICAL")
    settings = KafkaSettings.load()
    topics = [chosen.topic] if chosen.topic else dead_lettered_topics()
    try:
        if chosen.verb == "list":
            asyncio.run(_list(settings, topics))
        else:
            asyncio.run(_replay(settings, topics, frozenset(chosen.origin)))
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m libs.common.dead_letters")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="show what was put aside; never its content")
    replaying = verbs.add_parser("replay", help="publish again what was put aside")
    for verb in (listing, replaying):
        verb.add_argument("--topic", help="only of this topic, named without .dlq")
    which = replaying.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="everything that `list` shows")
    which.add_argument(
        "--origin", action="append", default=[], help="one, by its topic/partition/offset; repeat"
    )
    return parser


def dead_lettered_topics() -> list[str]:
    """The topics that have a dead-letter topic."""
    names = {topic.name for topic in TOPICS}
    return sorted(name for name in names if dead_letter_topic(name) in names)


async def _list(settings: KafkaSettings, topics: Iterable[str]) -> None:
    letters = [
        letter
        for topic in topics
        async for letter in read_all(settings.kafka_bootstrap_servers, topic)
    ]
    sys.stdout.write(table(letters, now_ms=clock.now_ms()))


async def _replay(settings: KafkaSettings, topics: Iterable[str], origins: frozenset[str]) -> None:
    """All of them, or those named; a decision is only replayed, in vain, when it is named."""
    topics = [topic for topic in topics if origins or topic not in NOT_REPLAYABLE]
    publisher = Publisher(settings.kafka_bootstrap_servers)
    await publisher.start()
    try:
        for topic in topics:
            async for letter in read_all(settings.kafka_bootstrap_servers, topic):
                if not origins or letter.origin in origins:
                    place = await replay(publisher, letter)
                    sys.stdout.write(
                        f"{letter.origin} -> {letter.origin_topic}"
                        f"/{place.partition}/{place.offset}\n"
                    )
    finally:
        await publisher.stop()


def table(letters: Sequence[DeadLetter], *, now_ms: int) -> str:
    """The letters as lines of columns; never a text, a name or an address."""
    if not letters:
        return "No dead letters.\n"
    rows = [COLUMNS, *(_row(letter, now_ms) for letter in letters)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"


def _row(letter: DeadLetter, now_ms: int) -> tuple[str, str, str, str, str]:
    return (
        letter.origin,
        letter.reason[:REASON_WIDTH_MAX],
        str(letter.attempts),
        age(now_ms - letter.record.timestamp_ms),
        letter.event_id or "-",
    )


def age(milliseconds: int) -> str:
    """A duration in its largest whole unit, as "3 h"."""
    seconds = max(0, milliseconds // 1_000)
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"


if __name__ == "__main__":
    sys.exit(main())
