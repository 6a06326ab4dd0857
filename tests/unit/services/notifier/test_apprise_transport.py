"""Tests of the library's ways to people, over real sockets on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from time import monotonic

import orjson
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from services.notifier.apprise_transport import AppriseTransport, is_address
from services.notifier.core.alerts import ContactMessage

MESSAGE = ContactMessage(title="support: 1 conversation", body="First.\nSecond.", is_urgent=True)
SECRET = "very-secret-key"


class Inbox:
    """An SMTP server's handler that keeps what it takes, or takes nothing."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep it."""
        del server, session
        self.taken.append(envelope)
        return self.answer


class Gateway:
    """An HTTP server that notes what is posted, and answers with a status; 0: never."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[tuple[str, dict[str, object]]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1])
            for line in head.splitlines()
            if line.lower().startswith("content-length:")
        )
        body = await reader.readexactly(length)
        self.asked.append((head.split(" ")[1], orjson.loads(body)))
        if self.status:
            writer.write(f"HTTP/1.1 {self.status} X\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        else:
            await reader.read()
        writer.close()


@pytest.fixture
async def transport() -> AsyncIterator[AppriseTransport]:
    """One that waits for a second; the library reads its plugins when it is first asked."""
    assert is_address("json://127.0.0.1/")
    found = AppriseTransport(timeout_s=1)
    yield found
    found.close()


async def post(transport: AppriseTransport, gateway: Gateway) -> bool:
    """Send the message to a gateway, whose address holds a secret."""
    server = await asyncio.start_server(gateway, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        return await transport.send(SecretStr(f"json://127.0.0.1:{port}/{SECRET}"), MESSAGE)
    finally:
        server.close()


async def mailed(transport: AppriseTransport, inbox: Inbox) -> bool:
    """Send the message to anna by the inbox's server."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = f"mailto://127.0.0.1:{port}?from=desk@example.com&to=anna@example.com"
    try:
        return await transport.send(SecretStr(address), MESSAGE)
    finally:
        server.close()


async def test_a_mail_arrives_with_its_title_and_text(transport: AppriseTransport) -> None:
    """As a mail that people can read."""
    inbox = Inbox()

    assert await mailed(transport, inbox)
    [envelope] = inbox.taken
    assert envelope.rcpt_tos == ["anna@example.com"]
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=default)
    assert mail["Subject"] == MESSAGE.title
    plain = mail.get_body(("plain", "html"))
    assert plain is not None
    assert "First." in plain.get_content()


async def test_a_mail_that_the_server_refuses_was_not_taken(transport: AppriseTransport) -> None:
    """It is tried again later."""
    assert not await mailed(transport, Inbox("451 not now"))


async def test_a_gateway_of_a_chat_or_pager_takes_it(transport: AppriseTransport) -> None:
    """By one request with title, text and how urgent it is."""
    gateway = Gateway(200)

    assert await post(transport, gateway)
    [(path, body)] = gateway.asked
    assert path == f"/{SECRET}"
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.body)
    assert body["type"] == "failure"


async def test_what_is_refused_or_not_answered_in_time_was_not_taken(
    transport: AppriseTransport, caplog: pytest.LogCaptureFixture
) -> None:
    """And no line of the library's log shows the address."""
    caplog.set_level(logging.DEBUG)
    began = monotonic()

    assert not await post(transport, Gateway(500))
    assert not await post(transport, Gateway(0))
    assert not await transport.send(SecretStr(f"json://127.0.0.1:1/{SECRET}"), MESSAGE)
    assert not await transport.send(SecretStr(f"nonsense {SECRET}"), MESSAGE)
    assert monotonic() - began < 8
    assert SECRET not in caplog.text


async def test_a_thread_that_hangs_holds_up_nobody_for_long(transport: AppriseTransport) -> None:
    """Whatever it hangs in."""

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a byte now and then, so that no socket's timeout strikes."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    server = await asyncio.start_server(drips, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = monotonic()
    is_taken = await transport.send(SecretStr(f"json://127.0.0.1:{port}/"), MESSAGE)
    server.close()

    assert not is_taken
    assert monotonic() - began < 5


def test_only_what_the_library_understands_is_an_address() -> None:
    """By its own judgement."""
    assert is_address("ntfys://ntfy.sh/alarms")
    assert not is_address("pagerduty://nothing")
