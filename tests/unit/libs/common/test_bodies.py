"""Bodies: how large, how deep, how slow, and of which kind."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from libs.common.bodies import BodyLimit, is_deeper, parse_json, require_media_type
from libs.common.errors import InvalidInputError, MalformedBodyError, UnsupportedMediaError
from libs.common.health import Health
from libs.common.http import build_api


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """An API that echoes how much it read; 100 bytes, and 10 under /hooks/."""
    app = build_api("test", Health(), body_bytes_max=100, body_limits={"/hooks/": 10})

    async def echo(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    async def parsed(body: dict[str, object]) -> dict[str, int]:
        return {"members": len(body)}

    app.post("/echo")(echo)
    app.post("/hooks/echo")(echo)
    app.post("/parsed")(parsed)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def stream(count: int) -> AsyncIterator[bytes]:
    """A body of unknown length, in single bytes."""
    for _ in range(count):
        yield b"1"


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/echo", 100, 200),
        ("/echo", 101, 413),
        ("/hooks/echo", 10, 200),
        ("/hooks/echo", 11, 413),
        ("/parsed", 101, 413),
    ],
)
async def test_body_is_limited_with_and_without_a_length(
    client: httpx.AsyncClient, path: str, size: int, status: int
) -> None:
    """Announced or streamed, the limit of the longest fitting prefix counts."""
    announced = await client.post(path, content=b"1" * size)
    streamed = await client.post(
        path, content=stream(size), headers={"content-type": "application/json"}
    )

    assert (announced.status_code, streamed.status_code) == (status, status)
    if status == 413:
        assert streamed.headers["content-type"] == "application/problem+json"
        assert streamed.json()["detail"].startswith("at most")


async def test_length_that_lies_is_found_out(client: httpx.AsyncClient) -> None:
    """A small Content-Length does not open the door for a large body."""
    answer = await client.post("/echo", content=stream(500), headers={"content-length": "1"})

    assert answer.status_code == 413


async def test_body_that_does_not_arrive_is_given_up() -> None:
    """A slow sender can't hold a request for ever."""
    sent: list[Message] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    limited = BodyLimit(app, read_timeout_s=0.01)
    scope = {"type": "http", "path": "/", "headers": [], "method": "POST"}

    with pytest.raises(Exception, match="408"):
        await limited(scope, receive, send)


async def test_waiting_for_the_end_of_the_connection_has_no_deadline() -> None:
    """After the body is complete, a stream may wait for its reader as long as it likes."""
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "path": "/", "headers": [], "method": "GET"}
    await BodyLimit(app, read_timeout_s=0.02)(scope, receive, send)


def nested(depth: int) -> bytes:
    """Lists and objects in each other."""
    return b'{"a":[' * (depth // 2) + b"1" + b"]}" * (depth // 2)


def test_json_is_limited_in_depth() -> None:
    """Thirty-two levels are enough for everyone; more are refused before anyone walks them."""
    assert parse_json(nested(32))

    with pytest.raises(InvalidInputError, match="deeper than 32"):
        parse_json(nested(34))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"NaN", b"[" * 200_000])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    """The message holds nothing of the body."""
    with pytest.raises(MalformedBodyError, match=r"^the body is not JSON$"):
        parse_json(body)


def test_depth_counts_containers_only() -> None:
    """A scalar has no depth; wide is not deep."""
    assert not is_deeper(1, 0)
    assert not is_deeper(orjson.loads(b"[" + b"1," * 10_000 + b"1]"), 1)
    assert is_deeper([[1]], 1)


def test_media_type_is_compared_without_parameters() -> None:
    """The kind counts, in whatever case, with whatever charset."""

    def request(value: str) -> Request:
        headers = [(b"content-type", value.encode())] if value else []
        return Request({"type": "http", "headers": headers})

    assert require_media_type(request("Application/JSON; charset=utf-8"), "application/json") == (
        "application/json"
    )
    with pytest.raises(UnsupportedMediaError, match="send application/json or text/yaml"):
        require_media_type(request("text/plain"), "application/json", "text/yaml")
    with pytest.raises(UnsupportedMediaError):
        require_media_type(request(""), "application/json")
