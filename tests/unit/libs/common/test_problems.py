"""Errors become problem documents; a sender who leaves is no error of ours."""

from fastapi import FastAPI, Request
from starlette.types import Message

from libs.common import problems


async def test_a_sender_who_leaves_in_mid_body_is_no_failure() -> None:
    """The request ends without an exception, which would be logged as an error."""
    app = FastAPI()
    problems.install(app)

    @app.post("/")
    async def read(request: Request) -> int:
        return len(await request.body())

    sent: list[Message] = []
    received: list[Message] = [
        {"type": "http.request", "body": b"the first ha", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json")],
        "client": None,
        "server": None,
    }

    await app(scope, receive, send)

    assert sent[0]["status"] == problems.CLIENT_LEFT
