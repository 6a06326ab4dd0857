"""A mail server that takes every mail and keeps none: what arrived stands in the log."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import LOOPBACK
from deploy.local.simulated.provider_log import Noted, ProviderLog

_TAKEN = "250 OK: queued as simulated"
_NOT_NOW = "451 4.3.0 Try again later"


class MailSink:
    """Listens on loopback from `start` to `stop`; a port of 0 means any free one."""

    def __init__(
        self, log: ProviderLog, *, port: int = 0, is_refusing: Callable[[], bool] = lambda: False
    ) -> None:
        self._log = log
        self._is_refusing = is_refusing
        self._wanted_port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on; only once it was started."""
        if self._server is None:
            raise RuntimeError("the mail server was not started")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Return when it takes connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            # Without a name it would ask the network for its own.
            lambda: SMTP(self, loop=loop, hostname="localhost", enable_SMTPUTF8=True),
            host=LOOPBACK,
            port=self._wanted_port,
        )

    async def stop(self) -> None:
        """Take no more connections."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_DATA(  # noqa: N802 - the library finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Note one mail; the answer is the SMTP reply."""
        mail = message_from_bytes(envelope.original_content or b"", policy=default)
        noted = {
            "channel": "email",
            "through": envelope.mail_from,
            "address": ",".join(envelope.rcpt_tos),
            "text": _text_of(mail),
            "provider_message_id": str(mail["Message-ID"]),
        }
        if self._is_refusing():
            self._log.note(Noted.REFUSED, noted)
            return _NOT_NOW
        self._log.note(Noted.REACHED, noted)
        return _TAKEN


def _text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).strip() if body is not None else ""
