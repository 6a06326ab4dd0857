"""Brings a reply to a Telegram chat: `sendMessage` requests, and what their answers mean.

A text beyond Telegram's limit becomes several messages, cut at the end of a paragraph, line or
word where one is near. Telegram has no field for an id of ours, so a request that was sent but
never answered may, when it is sent again, reach the customer twice.
"""

import re
from http import HTTPStatus

import orjson

from libs.channels.channel import DeliveryResult, OutgoingReply
from libs.channels.delivery import (
    failed_for_good,
    failed_for_now,
    foreign_response,
    is_worth_retrying,
    sent,
    unanswered,
)
from libs.channels.json_object import JsonObject
from libs.channels.transport import HttpRequest, HttpResponse, NoResponse, TransportResponse
from libs.common.errors import InvalidInputError, UnprocessableError

# Telegram counts UTF-16 units in places and characters in others: the smaller count is safe.
TEXT_LENGTH_MAX = 4_096
_CUT_SEARCH_LENGTH = 512
_NUMBER = re.compile(r"-?[0-9]{1,18}")
# Fixed phrases of Telegram's that say more than the status; nothing else of its answer is told.
_PHRASES = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation",
    "chat not found",
    "message is too long",
    "message text is empty",
)


def build_requests(reply: OutgoingReply, *, url: str, timeout_s: float) -> tuple[HttpRequest, ...]:
    """The requests, in order. `url` is the API's address with the bot's token.

    Raises UnprocessableError if the reply's address is no chat.
    """
    chat_id = reply.reply_to.address
    if not _NUMBER.fullmatch(chat_id):
        raise UnprocessableError("reply's address is no Telegram chat")
    return tuple(
        HttpRequest(
            name="telegram.send_message",
            method="POST",
            url=f"{url}/sendMessage",
            headers={"content-type": "application/json"},
            body=_body(int(chat_id), part, reply.reply_to.thread),
            timeout_s=timeout_s,
        )
        for part in split_text(reply.content.text)
    )


def _body(chat_id: int, text: str, thread: dict[str, str]) -> bytes:
    members: dict[str, int | str] = {"chat_id": chat_id, "text": text}
    topic = thread.get("message_thread_id", "")
    if _NUMBER.fullmatch(topic):
        members["message_thread_id"] = int(topic)
    return orjson.dumps(members)


def split_text(text: str) -> tuple[str, ...]:
    """The text in parts of at most 4,096 UTF-16 units, none of them blank."""
    parts = []
    rest = text.strip()
    while rest:  # Each round takes at least one character off.
        end = _part_end(rest)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return tuple(parts)


def _part_end(text: str) -> int:
    end = _fitting_length(text)
    if end == len(text):
        return end
    nearest = max(end - _CUT_SEARCH_LENGTH, 1)
    for separator in ("\n\n", "\n", " "):
        place = text.rfind(separator, nearest, end)
        if place > 0:
            return place
    return end


def _fitting_length(text: str) -> int:
    units = 0
    for length, character in enumerate(text[: TEXT_LENGTH_MAX + 1]):
        units += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004 - the end of the first plane
        if units > TEXT_LENGTH_MAX:
            return length
    return len(text)


def read_response(response: TransportResponse) -> DeliveryResult:
    """What became of one `sendMessage`."""
    match response:
        case HttpResponse():
            return _read_answer(response)
        case NoResponse():
            return unanswered(response)
        case _:
            return foreign_response(type(response).__name__)


def _read_answer(response: HttpResponse) -> DeliveryResult:
    try:
        answer = JsonObject.parse(response.body)
    except InvalidInputError:
        answer = JsonObject({})
    if response.status == HTTPStatus.OK and answer.is_true("ok"):
        result = answer.child("result")
        number = result.integer("message_id") if result else None
        return sent(None if number is None else str(number))
    detail = _detail(response.status, answer.text("description") or "")
    # A 200 that isn't Telegram's own answer comes from something in between.
    if is_worth_retrying(response.status) or response.status == HTTPStatus.OK:
        parameters = answer.child("parameters")
        wait_s = parameters.number("retry_after") if parameters else None
        return failed_for_now(detail, retry_after_s=wait_s)
    return failed_for_good(detail)


def _detail(status: int, description: str) -> str:
    phrase = next((phrase for phrase in _PHRASES if phrase in description), None)
    return f"telegram answered {status}" + (f": {phrase}" if phrase else "")
