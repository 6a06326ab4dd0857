"""The desk's rules read once more, for those conditions that simulated desks use."""

from libs.common.contracts.configuration import Conditions, DeskConfiguration, Range, Route
from libs.common.contracts.events import MessageReceived


def route_of(desk: DeskConfiguration, message: MessageReceived) -> tuple[str, Route]:
    """The first rule that fits the message, else the default."""
    for rule in desk.rules:
        if _fits(rule.when, message):
            return rule.rule_id, rule.then
    return "default", desk.default


def _fits(when: Conditions, message: MessageReceived) -> bool:
    asked = {
        "channel": (when.channel, message.reply_to.channel),
        "language": (when.language, message.language),
        "topic": (when.topic, message.labels.get("topic")),
        "segment": (when.segment, message.labels.get("segment")),
    }
    if any(values and value not in values for values, value in asked.values()):
        return False
    return all(_is_in(bounds, message.labels.get(name)) for name, bounds in when.attributes.items())


def _is_in(bounds: Range, value: str | None) -> bool:
    if value is None or not value.isdigit():
        return False
    low, high = bounds.minimum, bounds.maximum
    return (low is None or int(value) >= low) and (high is None or int(value) <= high)
