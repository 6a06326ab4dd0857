"""The desk's rules as data: which route a message takes.

The first rule whose conditions all hold decides; without one the desk's default route does.
"""

from heapq import merge
from math import isfinite
from operator import itemgetter

from libs.common.contracts.configuration import (
    WEEKDAYS,
    Conditions,
    DeskConfiguration,
    Hours,
    Range,
    Route,
    RoutingRule,
)
from libs.common.contracts.events import MessageReceived

DEFAULT_RULE_ID = "default"
MINUTES_PER_DAY = 1_440
WEEKDAY_OF_EPOCH = 3  # 1 January 1970 was a Thursday.


class Routes:
    """A desk's rules in their order, those for topics found by the topic."""

    def __init__(self, configuration: DeskConfiguration | None = None) -> None:
        self._default = configuration.default if configuration is not None else None
        self._anywhere: list[tuple[int, RoutingRule]] = []
        self._by_topic: dict[str, list[tuple[int, RoutingRule]]] = {}
        rules = configuration.rules if configuration is not None else ()
        for place, rule in enumerate(rules):
            for topic in rule.when.topic:
                self._by_topic.setdefault(topic, []).append((place, rule))
            if not rule.when.topic:
                self._anywhere.append((place, rule))

    def choose(self, message: MessageReceived, *, now_ms: int) -> tuple[str, Route]:
        """The rule that applies to the message that opens a conversation, and its route.

        Hours are judged by engine time, so that a replay decides the same.
        """
        topical = self._by_topic.get(message.labels.get("topic", ""), [])
        for _, rule in merge(self._anywhere, topical, key=itemgetter(0)):
            if _holds(rule.when, message, now_ms):
                return rule.rule_id, rule.then
        if self._default is None:
            raise LookupError("a desk without configuration has no routes")
        return DEFAULT_RULE_ID, self._default


def _holds(conditions: Conditions, message: MessageReceived, now_ms: int) -> bool:
    reply_to, labels = message.reply_to, message.labels
    return (
        _allows(conditions.channel, reply_to.channel)
        and _allows(conditions.endpoint, reply_to.endpoint_id)
        and _allows(conditions.language, message.language)
        and _allows(conditions.topic, labels.get("topic"))
        and _allows(conditions.segment, labels.get("segment"))
        and all(labels.get(label) in values for label, values in conditions.labels.items())
        and all(_is_within(labels.get(name), one) for name, one in conditions.attributes.items())
        and (not conditions.hours or any(_is_open(hours, now_ms) for hours in conditions.hours))
    )


def _is_within(value: str | None, bounds: Range) -> bool:
    """A label that is missing, or no number, is within no bounds."""
    try:
        number = float(value or "")
    except ValueError:
        return False
    above = bounds.minimum is None or number >= bounds.minimum
    return above and (bounds.maximum is None or number <= bounds.maximum) and isfinite(number)


def _is_open(hours: Hours, now_ms: int) -> bool:
    minutes = now_ms // 60_000 + hours.utc_offset_minutes
    day, minute = divmod(minutes, MINUTES_PER_DAY)
    weekday = WEEKDAYS[(day + WEEKDAY_OF_EPOCH) % len(WEEKDAYS)]
    return weekday in hours.days and _minute_of(hours.begin) <= minute < _minute_of(hours.end)


def _minute_of(time_of_day: str) -> int:
    hour, minute = time_of_day.split(":")
    return 60 * int(hour) + int(minute)


def _allows(values: tuple[str, ...], value: str | None) -> bool:
    return not values or value in values
