"""The simulated people's client: connections are used again, and every failure is told as such."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.simulated.http_connections import HttpConnections, NoAnswerError

LINE = b"HTTP/1.1 %d Whatever\r\nContent-Length: %d\r\n\r\n%b"


class Server:
    """Answers each request by the next of its answers; None hangs up, "" says nothing."""

    def __init__(self, *answers: bytes | None) -> None:
        self._answers = list(answers)
        self.connections = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while self._answers:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self._answers.pop(0)
                if answer is None:
                    break
                for start in range(0, len(answer), 7):
                    writer.write(answer[start : start + 7])
                    await asyncio.sleep(0)
            else:
                await reader.read()
        except asyncio.IncompleteReadError:
            pass  # The client closed.
        finally:
            writer.close()


@asynccontextmanager
async def connected(server: Server, *, timeout_s: float = 5) -> AsyncIterator[HttpConnections]:
    """Connections to the server."""
    serving = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = serving.sockets[0].getsockname()[1]
    http = HttpConnections(f"http://127.0.0.1:{port}", timeout_s=timeout_s)
    try:
        yield http
    finally:
        http.close()
        serving.close()


async def test_answers_come_whole_over_one_connection() -> None:
    """Status and body, in however many pieces they arrive; the connection is used again."""
    server = Server(LINE % (202, 5, b"hello"), LINE % (404, 0, b""))
    async with connected(server) as http:
        request = http.request("POST", "/door", {"authorization": "Bearer x"}, b"")
        answers = [await http.send(request) for _ in range(2)]

    assert [(one.status, one.body, one.is_success) for one in answers] == [
        (202, b"hello", True),
        (404, b"", False),
    ]
    assert server.connections == 1
    assert server.requests[0].startswith(b"POST /door HTTP/1.1\r\n")
    assert b"\r\nauthorization: Bearer x\r\n" in server.requests[0]


async def test_server_that_hangs_up_gave_no_answer_and_the_next_request_connects_again() -> None:
    """A connection that broke is not used again."""
    server = Server(None, LINE % (200, 0, b""))
    async with connected(server) as http:
        request = http.request("GET", "/", {}, b"")
        with pytest.raises(NoAnswerError):
            await http.send(request)
        answer = await http.send(request)

    assert answer.status == 200
    assert server.connections == 2


async def test_silent_server_gave_no_answer_in_time() -> None:
    """Nothing waits for ever."""
    async with connected(Server(b""), timeout_s=0.05) as http:
        with pytest.raises(NoAnswerError):
            await http.send(http.request("GET", "/", {}, b""))


async def test_nobody_listening_is_no_answer() -> None:
    """A refused connection is told like a broken one."""
    http = HttpConnections("http://127.0.0.1:9")

    with pytest.raises(NoAnswerError):
        await http.send(http.request("GET", "/", {}, b""))
