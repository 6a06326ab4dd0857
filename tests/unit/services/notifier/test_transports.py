"""Tests of the ways out, over real sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from libs.channels.transport import (
    HttpRequest,
    HttpResponse,
    MailRequest,
    MailResponse,
    MailSecurity,
    MailServer,
    NoResponse,
    NoResponseReason,
    StreamRequest,
    StreamResponse,
)
from libs.common.contracts.content import Content
from libs.common.contracts.terms import ContactPointId, ConversationId, EndpointId
from services.notifier.transports import ANSWER_BYTES_MAX, Transports

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def transports() -> AsyncIterator[Transports]:
    """The ways out."""
    found = Transports()
    yield found
    await found.stop()


async def serve(talk: Talk) -> tuple[asyncio.Server, int]:
    """A server that talks like this, and its port."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


def answering(head: str, body: bytes = b"") -> Talk:
    """Answers any request with these bytes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + b"\r\nconnection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    return talk


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads and says nothing."""
    await reader.read()
    writer.close()


def post(port: int, *, timeout_s: float = 5) -> HttpRequest:
    """A request to this port."""
    return HttpRequest(
        name="test",
        method="POST",
        url=f"http://127.0.0.1:{port}/",
        headers={"X-Test": "1"},
        body=b"{}",
        timeout_s=timeout_s,
    )


async def test_redirect_is_an_answer_and_is_not_followed(transports: Transports) -> None:
    """Whoever answers decides nothing about where we go."""
    server, port = await serve(answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/"))

    response = await transports.carry_out(post(port))
    server.close()

    assert isinstance(response, HttpResponse)
    assert response.status == 302
    assert response.headers["location"] == "http://127.0.0.1:1/"


async def test_answer_is_cut_at_its_limit(transports: Transports) -> None:
    """An endless answer costs us 64 KiB."""
    server, port = await serve(answering("HTTP/1.1 200 OK", b"x" * (2 * ANSWER_BYTES_MAX)))

    response = await transports.carry_out(post(port))
    server.close()

    assert isinstance(response, HttpResponse)
    assert len(response.body) == ANSWER_BYTES_MAX


async def test_silence_ends_in_time(transports: Transports) -> None:
    """A provider that never answers holds a request for its own time and no longer."""
    server, port = await serve(never)

    response = await transports.carry_out(post(port, timeout_s=0.05))
    server.close()

    assert response == NoResponse(NoResponseReason.TIMEOUT)


async def test_closed_port_is_no_connection(transports: Transports) -> None:
    """Nobody is there."""
    server, port = await serve(never)
    server.close()
    await server.wait_closed()

    response = await transports.carry_out(post(port))

    assert response == NoResponse(NoResponseReason.CONNECTION_FAILED)


async def test_stream_has_nothing_to_carry(transports: Transports) -> None:
    """What is stored for our own stream needs no further step."""
    request = StreamRequest(
        name="web_chat.stream",
        endpoint_id=EndpointId("site"),
        contact_point_id=ContactPointId("ctp_1"),
        conversation_id=ConversationId("cnv_1"),
        reply_id="reply-1",
        content=Content(text="Hello."),
        filed_at_ms=0,
    )

    assert await transports.carry_out(request) == StreamResponse()


class MailBox:
    """Takes mails, or refuses them as told."""

    def __init__(self, *, at_rcpt: str = "250 OK", at_data: str = "250 OK") -> None:
        self.taken: list[Envelope] = []
        self._at_rcpt = at_rcpt
        self._at_data = at_data

    async def handle_RCPT(  # noqa: N802 - the server's own names
        self, _server: SMTP, _session: Session, mail: Envelope, address: str, _options: object
    ) -> str:
        """Take the address, or not."""
        if self._at_rcpt.startswith("250"):
            mail.rcpt_tos.append(address)
        return self._at_rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, mail: Envelope) -> str:  # noqa: N802
        """Take the mail, or not."""
        self.taken.append(mail)
        return self._at_data


async def mailed(
    transports: Transports, mailbox: MailBox, security: MailSecurity = MailSecurity.NONE
) -> object:
    """What comes back for one mail to this mailbox."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    response = await transports.carry_out(mail_to(port, security=security))
    server.close()
    return response


def mail_to(
    port: int, *, security: MailSecurity = MailSecurity.NONE, timeout_s: float = 5
) -> MailRequest:
    """A mail over the server at this port."""
    return MailRequest(
        name="email.send",
        server=MailServer(
            host="127.0.0.1", port=port, security=security, username=None, password=None
        ),
        envelope_from="help@example.com",
        envelope_to="eve@example.org",
        message=b"Subject: hello\r\n\r\nHello.\r\n",
        message_id="<1@example.com>",
        timeout_s=timeout_s,
    )


async def test_mail_is_handed_over(transports: Transports) -> None:
    """The server takes it, and its 250 comes back."""
    mailbox = MailBox()

    response = await mailed(transports, mailbox)

    assert isinstance(response, MailResponse)
    assert response.code == 250
    assert mailbox.taken[0].rcpt_tos == ["eve@example.org"]


@pytest.mark.parametrize(
    "mailbox", [MailBox(at_rcpt="550 no such user"), MailBox(at_data="550 not this")]
)
async def test_refusal_comes_back_with_its_code(transports: Transports, mailbox: MailBox) -> None:
    """Whether the address or the mail is refused, the code says so."""
    response = await mailed(transports, mailbox)

    assert isinstance(response, MailResponse)
    assert response.code == 550


async def test_server_without_the_protection_we_ask_for_gets_no_mail(
    transports: Transports,
) -> None:
    """Where STARTTLS is configured, nothing goes out in the clear."""
    mailbox = MailBox()

    response = await mailed(transports, mailbox, MailSecurity.STARTTLS)

    assert response == NoResponse(NoResponseReason.CONNECTION_FAILED)
    assert mailbox.taken == []


async def test_silent_mail_server_ends_in_time(transports: Transports) -> None:
    """It holds a mail for its own time and no longer."""
    server, port = await serve(never)

    response = await transports.carry_out(mail_to(port, timeout_s=0.05))
    server.close()

    assert response == NoResponse(NoResponseReason.TIMEOUT)


async def test_closed_mail_port_is_no_connection(transports: Transports) -> None:
    """Nobody is there."""
    server, port = await serve(never)
    server.close()
    await server.wait_closed()

    response = await transports.carry_out(mail_to(port))

    assert response == NoResponse(NoResponseReason.CONNECTION_FAILED)
