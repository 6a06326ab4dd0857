"""The desk's rules as data: which route a message takes.

The first rule whose conditions all hold decides; without one the desk's default route does.
"""

from libs.common.contracts.configuration import Conditions, DeskConfiguration, Route
from libs.common.contracts.events import MessageReceived

DEFAULT_RULE_ID = "default"


def choose_route(configuration: DeskConfiguration, message: MessageReceived) -> tuple[str, Route]:
    """The rule that applies to the message that opens a conversation, and its route."""
    for rule in configuration.rules:
        if _holds(rule.when, message):
            return rule.rule_id, rule.then
    return DEFAULT_RULE_ID, configuration.default


def _holds(conditions: Conditions, message: MessageReceived) -> bool:
    reply_to = message.reply_to
    return (
        _allows(conditions.channel, reply_to.channel)
        and _allows(conditions.endpoint, reply_to.endpoint_id)
        and _allows(conditions.language, message.language)
        and all(message.labels.get(label) in values for label, values in conditions.labels.items())
    )


def _allows(values: tuple[str, ...], value: str | None) -> bool:
    return not values or value in values
