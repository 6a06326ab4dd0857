"""Replies to Telegram: requests built, answers understood."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.channels.channel import DeliveryResult
from libs.channels.registry import channel_named
from libs.channels.telegram.replies import TEXT_LENGTH_MAX, read_response, split_text
from libs.channels.transport import HttpRequest, HttpResponse, MailResponse
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome
from libs.common.errors import UnprocessableError
from tests.unit.libs.channels.builders import endpoint_of, reply_of


def build(address: str = "456", text: str = "Hello", **thread: str) -> list[HttpRequest]:
    """The requests for a reply."""
    reply = reply_of(family=AddressFamily.TELEGRAM, address=address, text=text, **thread)
    requests = channel_named("telegram").build(reply, endpoint_of("shop-bot"))
    return [request for request in requests if isinstance(request, HttpRequest)]


def result(status: int, **members: object) -> DeliveryResult:
    """What an answer of Telegram's means."""
    return read_response(HttpResponse(status=status, headers={}, body=orjson.dumps(members)))


def test_reply_is_a_send_message() -> None:
    """Chat and text, to the bot's address at the configured API."""
    (request,) = build(message_thread_id="33", message_id="7")

    assert request.url == "http://127.0.0.1:9/bot123:bot-token/sendMessage"
    assert (request.method, request.timeout_s) == ("POST", 10.0)
    assert orjson.loads(request.body) == {
        "chat_id": 456,
        "text": "Hello",
        "message_thread_id": 33,
    }


@pytest.mark.parametrize("address", ["", "@ann", "4 5", "9" * 300, "٣"])
def test_address_that_is_no_chat_is_unprocessable(address: str) -> None:
    """A reply that can't go to Telegram says so."""
    with pytest.raises(UnprocessableError):
        build(address or "x")


def test_long_text_is_split_where_a_paragraph_ends() -> None:
    """Two messages, nothing lost, cut between paragraphs."""
    first, second = "a" * 4_000, "b" * 4_000

    assert split_text(f"{first}\n\n{second}") == (first, second)
    assert [orjson.loads(request.body)["text"] for request in build(text=f"{first}\n\n{second}")]


def test_long_word_is_split_at_the_limit() -> None:
    """Where there is no place to cut, the limit decides; a wide character counts twice."""
    assert [len(part) for part in split_text("🎲" * 3_000)] == [2_048, 952]


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab \n🎲"), max_size=9_000))
def test_split_text_loses_no_word(text: str) -> None:
    """The parts hold all letters in order, and each fits."""
    parts = split_text(text)

    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part.encode("utf-16-le")) // 2 <= TEXT_LENGTH_MAX for part in parts)


def test_accepted_reply_is_sent() -> None:
    """Telegram's own number of the message is kept."""
    assert result(200, ok=True, result={"message_id": 9}) == DeliveryResult(
        outcome=DeliveryOutcome.SENT, provider_message_id="9"
    )


def test_flood_limit_is_waited_for() -> None:
    """A 429 says how long to wait, and the wait is bounded."""
    limited = result(429, ok=False, parameters={"retry_after": 17})
    absurd = result(429, ok=False, parameters={"retry_after": 10**9})

    assert (limited.is_retriable, limited.retry_after_s) == (True, 17)
    assert absurd.retry_after_s == 3_600


def test_blocked_bot_is_final() -> None:
    """A customer who blocked the bot won't get the reply by trying again."""
    refused = result(403, ok=False, description="Forbidden: bot was blocked by the user")

    assert not refused.is_retriable
    assert refused.detail == "telegram answered 403: bot was blocked by the user"


@pytest.mark.parametrize(
    ("status", "is_retriable"),
    [(400, False), (401, False), (404, False), (302, False), (502, True)],
)
def test_status_decides_about_retrying(status: int, *, is_retriable: bool) -> None:
    """Their trouble is retried, ours isn't."""
    assert result(status, ok=False).is_retriable is is_retriable


def test_strangers_answer_is_retried() -> None:
    """A 200 with a login page of some hotel is not Telegram's."""
    page = HttpResponse(status=200, headers={}, body=b"<html>")

    assert read_response(page).is_retriable


def test_description_is_not_passed_on() -> None:
    """Words that may hold the customer's text stay out of the detail."""
    assert "Ann" not in result(400, ok=False, description="Bad Request: Ann").detail


def test_response_of_another_kind_is_final() -> None:
    """A mail server's answer to a Telegram request is a mistake of ours."""
    assert not read_response(MailResponse(code=250)).is_retriable
