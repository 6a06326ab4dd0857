"""A web chat customer's ear waits as long as nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from deploy.local.simulated.customer_stream import read_replies
from deploy.local.simulated.provider_log import ProviderLog
from deploy.local.simulated.serving import HttpServer

SILENT_S = 0.6
REPLY = b'data: {"type": "reply.filed", "id": "1", "body": {"content": {"text": "Yes."}}}\n\n'


async def _late(_: Request) -> StreamingResponse:
    async def lines() -> AsyncIterator[bytes]:
        yield b": hello\n\n"
        await asyncio.sleep(SILENT_S)
        yield REPLY

    return StreamingResponse(lines(), media_type="text/event-stream")


async def test_a_silence_longer_than_the_clients_own_timeout_ends_nothing(tmp_path: Path) -> None:
    """Whose agent comes late hears the answer all the same."""
    log = ProviderLog(tmp_path / "log")
    server = HttpServer(Starlette(routes=[Route("/v1/customer-stream", _late)]))
    async with server, httpx.AsyncClient(base_url=server.url, timeout=SILENT_S / 4) as http:
        found = await read_replies(
            http, log, address="zoe", endpoint_id="web", token="t", expected=1, timeout_s=10
        )
    log.close()

    assert found == 1
