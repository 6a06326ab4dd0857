"""Reads one update of Telegram's Bot API: a customer's message, or why it is none.

The event's id derives from chat and message number, not from `update_id`: Telegram begins to
count updates at a random number after a quiet week, while a message keeps its place in its chat.
An edited message keeps its number too and is ignored: the timeline says what was said first.
"""

import re

from libs.channels.channel import Ignored, InboundItem, InboundRequest
from libs.channels.endpoint import Endpoint
from libs.channels.inbound import Reading, Sender, message_of
from libs.channels.json_object import JsonObject
from libs.channels.normalisation import content_of, identifier_of
from libs.channels.telegram.kinds import OTHER_UPDATES, SERVICE_MESSAGES
from libs.channels.telegram.media import attachments_of, described_text
from libs.common.contracts.terms import AddressFamily
from libs.common.errors import InvalidInputError

UNSUPPORTED_TEXT = "[unsupported message]"
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w{1,64})?(?:\s|$)")
_MS_PER_S = 1_000


def read_update(update: JsonObject, *, endpoint: Endpoint, request: InboundRequest) -> InboundItem:
    """The update's message from a private chat, or the reason to ignore the update.

    Raises InvalidInputError if it is no update, or its message lacks what identifies it.
    """
    if update.integer("update_id") is None:
        raise InvalidInputError("update_id: missing or no integer")
    if "message" not in update:
        kind = next((name for name in update.names() if name in OTHER_UPDATES), "unknown_update")
        return Ignored(f"telegram.{kind}")
    message = update.child("message")
    chat = message.child("chat") if message else None
    if message is None or chat is None:
        raise InvalidInputError("message.chat: missing or no object")
    if chat.text("type") != "private":
        return Ignored("telegram.not_a_private_chat")
    sender = message.child("from")
    if sender is not None and sender.is_true("is_bot"):
        return Ignored("telegram.sent_by_a_bot")
    if any(name in message for name in SERVICE_MESSAGES):
        return Ignored("telegram.service_message")
    return message_of(_reading(message, chat, sender or chat), endpoint=endpoint, request=request)


def _reading(message: JsonObject, chat: JsonObject, person: JsonObject) -> Reading:
    chat_id = chat.integer("id")
    number = message.integer("message_id")
    if chat_id is None or number is None:
        raise InvalidInputError("message.chat.id, message.message_id: missing or no integer")
    sent_at_s = message.integer("date")
    text = message.text("text") or message.text("caption") or ""
    return Reading(
        provider_message_id=identifier_of(str(chat_id), str(number)),
        sender=_sender(chat_id, person),
        content=content_of(
            text or described_text(message) or _stand_in(message),
            attachments=attachments_of(message),
        ),
        sent_at_ms=None if sent_at_s is None else sent_at_s * _MS_PER_S,
        thread=_thread(message, number),
        labels=_labels(text),
    )


def _sender(chat_id: int, person: JsonObject) -> Sender:
    names = (person.text("first_name"), person.text("last_name"))
    return Sender(
        family=AddressFamily.TELEGRAM,
        # In a private chat the chat's id is the person's.
        address=str(chat_id),
        name=" ".join(filter(None, names)) or person.text("username"),
        language=person.text("language_code"),
    )


def _stand_in(message: JsonObject) -> str:
    # A kind that Telegram added after this was written still reaches a person.
    return "" if attachments_of(message) else UNSUPPORTED_TEXT


def _thread(message: JsonObject, number: int) -> dict[str, str]:
    thread = {"message_id": str(number)}
    topic = message.integer("message_thread_id")
    if topic is not None:
        thread["message_thread_id"] = str(topic)
    return thread


def _labels(text: str) -> dict[str, str]:
    command = _COMMAND.match(text)
    return {"command": command[1].lower()} if command else {}
