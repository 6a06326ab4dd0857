"""Replies by mail: mails built, the server's answers understood."""

from email import message_from_bytes, policy

import pytest

from libs.channels.channel import DeliveryResult
from libs.channels.email_mailgun.replies import message_id_of_reply, read_response
from libs.channels.registry import channel_named
from libs.channels.transport import HttpResponse, MailRequest, MailResponse, MailSecurity
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome
from libs.common.errors import UnprocessableError
from tests.unit.libs.channels.builders import endpoint_of, reply_of

THREAD = {
    "message_id": "<3@b.example>",
    "references": "<1@b.example> <3@b.example>",
    "subject": "Café",
}


def build(address: str = "ann@b.example", text: str = "Hello", **thread: str) -> MailRequest:
    """The mail for a reply."""
    reply = reply_of(family=AddressFamily.EMAIL, address=address, text=text, **thread)
    (request,) = channel_named("email").build(reply, endpoint_of("shop-mail"))
    assert isinstance(request, MailRequest)
    return request


def test_mail_answers_in_its_thread() -> None:
    """Every header that a mail program needs to show it below the question."""
    mail = message_from_bytes(build(**THREAD).message, policy=policy.default)

    assert mail["subject"] == "Re: Café"
    assert mail["from"].addresses[0].display_name == "Лавка, Shop"
    assert mail["from"].addresses[0].addr_spec == "help@shop.example"
    assert (mail["to"], mail["in-reply-to"]) == ("ann@b.example", "<3@b.example>")
    assert mail["references"] == "<1@b.example> <3@b.example>"
    assert mail["date"].datetime.timestamp() == 1_760_000_000


def test_envelope_and_server_come_from_the_settings() -> None:
    """From our address to theirs, over STARTTLS unless said otherwise."""
    request = build()

    assert (request.envelope_from, request.envelope_to) == ("help@shop.example", "ann@b.example")
    assert (request.server.port, request.server.security) == (587, MailSecurity.STARTTLS)


def test_repeat_is_the_same_mail() -> None:
    """The Message-ID derives from the reply, so two deliveries show as one."""
    first, second = build(), build()

    assert first.message_id == second.message_id == "<0a1b2c3d-reply@shop.example>"
    assert first.message == second.message
    assert message_id_of_reply("a b>", "x@y.example").endswith("@y.example>")
    assert " " not in message_id_of_reply("a b>", "x@y.example")


@pytest.mark.parametrize("text", ["Hello\nAnn", "Привет 😀", "x" * 16_000, "From here\n.\n"])
def test_text_arrives_as_it_was_written(text: str) -> None:
    """Any script, any length of line, and lines that mean something to mail servers."""
    source = build(text=text).message
    mail = message_from_bytes(source, policy=policy.default)

    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert all(len(line) <= 998 for line in source.split(b"\r\n"))
    assert b"\n" not in source.replace(b"\r\n", b"")


def test_long_references_are_not_encoded() -> None:
    """Ids longer than a line stay ids."""
    message_id = f"<{'x' * 300}@b.example>"
    source = build(message_id=message_id, references=f"<1@b> {message_id}").message

    assert message_id.encode() in source


def test_hostile_thread_breaks_no_header() -> None:
    """What came from outside can't add a header."""
    hostile = "<a@b>\r\nBcc: c@d.example"
    source = build(message_id=hostile, references=hostile, subject="x\r\nBcc: c@d.example").message

    assert message_from_bytes(source)["bcc"] is None
    assert message_from_bytes(source)["references"] is None


def test_reply_prefix_is_not_doubled() -> None:
    """A subject that begins with Re: stays; without one there is a plain one."""
    subjects = [message_from_bytes(build(**thread).message)["subject"] for thread in (
        {"subject": "RE: x"}, {}
    )]  # fmt: skip

    assert subjects == ["RE: x", "Re: Your message"]


@pytest.mark.parametrize("address", ["ann", "анна@b.example", "a@b.example\nBcc: c@d"])
def test_address_that_mail_cannot_reach_is_unprocessable(address: str) -> None:
    """A reply that can't be a mail says so."""
    with pytest.raises(UnprocessableError):
        build(address=address)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (250, "2.0.0 Ok: queued as 4F1A", DeliveryResult(
            outcome=DeliveryOutcome.SENT, provider_message_id="4F1A")),
        (250, "OK", DeliveryResult(outcome=DeliveryOutcome.SENT)),
        (451, "4.7.1 <ann@b.example> greylisted", DeliveryResult(
            outcome=DeliveryOutcome.FAILED, is_retriable=True,
            detail="mail server answered 451 4.7.1")),
        (550, "no such user ann", DeliveryResult(
            outcome=DeliveryOutcome.FAILED, detail="mail server answered 550")),
    ],
)  # fmt: skip
def test_answer_of_the_server_is_understood(
    code: int, message: str, expected: DeliveryResult
) -> None:
    """Taken, refused for now or for good; the address in its words isn't passed on."""
    assert read_response(MailResponse(code=code, message=message)) == expected


def test_response_of_another_kind_is_final() -> None:
    """An HTTP answer to a mail is a mistake of ours."""
    assert not read_response(HttpResponse(status=200, headers={}, body=b"")).is_retriable
