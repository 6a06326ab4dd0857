"""A web chat customer's ear: reads the replies on the customer's stream from its beginning."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from deploy.local.simulated.provider_log import Noted, ProviderLog

BEGINNING = "0.0"
REPLY = "reply.filed"
CONNECT_TIMEOUT_S = 15.0


async def read_replies(
    http: httpx.AsyncClient,
    log: ProviderLog,
    *,
    address: str,
    endpoint_id: str,
    token: str,
    expected: int,
    timeout_s: float,
) -> int:
    """Read until `expected` replies came or the time is over; notes each, returns how many.

    `http` has the notifier's address as its base.
    """
    found = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for message in _messages(http, token):
                if message["type"] != REPLY:
                    continue
                found += 1
                log.note(
                    Noted.REACHED,
                    {
                        "channel": "web_chat",
                        "through": endpoint_id,
                        "address": address,
                        "text": message["body"]["content"]["text"],
                        "provider_message_id": message["id"],
                    },
                )
                if found >= expected:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # Fewer came: the caller sees by the number.
    return found


async def _messages(http: httpx.AsyncClient, token: str) -> AsyncIterator[dict[str, Any]]:
    headers = {"authorization": f"Bearer {token}", "last-event-id": BEGINNING}
    # Nothing may come for as long as nobody answers: only `read_replies` knows the time.
    patient = httpx.Timeout(CONNECT_TIMEOUT_S, read=None)
    async with http.stream(
        "GET", "/v1/customer-stream", headers=headers, timeout=patient
    ) as response:
        if not response.is_success:
            return
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                message = json.loads(line.removeprefix("data:"))
                if "type" in message:
                    yield message
