"""HTTP connections with limits: the head of a request is bounded in size and in time.

uvicorn reads a head of any length for as long as it takes, and its WebSockets leave a connection
without an answer when a line of the head is longer than they read.
"""

import asyncio
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_TIMEOUT_S = 10.0
HEAD_BYTES_MAX = 32 * 1024
# A WebSocket's head may have 128 lines of 8,192 bytes, line ends and colons included.
HEAD_LINES_MAX = 100
HEAD_LINE_BYTES_MAX = 8_000
_ANSWER = b"content-length: 0\r\nconnection: close\r\n\r\n"


class HeadTooLargeError(Exception):
    """The head exceeds a limit; raised inside the parser, which ends the request."""


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection, answered with 431 when a head is too large, and closed when a head
    does not arrive whole within `HEAD_TIMEOUT_S` of its first byte.

    A body that nobody reads any more, since its request was answered, may still arrive for as
    long as that: a client who sends before it listens would otherwise never see the answer.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _is_in_body = False
    _is_too_large = False
    _is_handed_over = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: its first head must follow."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has left, or was told to."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        if not self._is_in_body:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is None:
            # A body that came too late, or empty lines, have ended the keep-alive's wait.
            if self._is_idle and self.timeout_keep_alive_task is None:
                self._await_head()
        elif not self._is_in_body and self._head_bytes > HEAD_BYTES_MAX:
            self._refuse()

    def on_message_begin(self) -> None:
        """The parser met the first byte of a head."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """The parser met the end of the head. Raises HeadTooLargeError, answered with 431."""
        self._stop_waiting()
        if self._is_head_too_large():
            self._is_too_large = True
            raise HeadTooLargeError
        self._is_in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The parser met the end of the body."""
        self._is_in_body = False
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """The connection becomes a WebSocket's, with limits of its own."""
        self._is_handed_over = True
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that could not be parsed, and close."""
        if self._is_too_large:
            self._refuse()
        else:
            super().send_400_response(msg)

    @property
    def _is_idle(self) -> bool:
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered and not self._is_handed_over and not self.transport.is_closing()

    def _is_head_too_large(self) -> bool:
        lines = [len(self.url), *(len(name) + len(value) for name, value in self.headers)]
        return (
            len(lines) > HEAD_LINES_MAX
            or max(lines) > HEAD_LINE_BYTES_MAX
            or sum(lines) > HEAD_BYTES_MAX
        )

    def _await_head(self) -> None:
        self._stop_waiting()
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.transport.write(STATUS_LINE[status] + _ANSWER)
            self.transport.close()
