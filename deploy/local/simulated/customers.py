"""Customers' providers: they hand over every message, and again and again until we take it."""

import asyncio
from http import HTTPStatus
from typing import Self

from deploy.local.simulated.http_connections import HttpConnections, NoAnswerError
from deploy.local.simulated.provider_log import Noted, ProviderLog
from deploy.local.simulated.webhook_requests import WebhookRequest
from libs.common import clock

ATTEMPTS_MAX = 200
CONNECTIONS_MAX = 64
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 2.0


class Customers:
    """Sends requests to one ingest as the providers would; every attempt is noted.

    As a context manager it closes its connections at the end.
    """

    def __init__(self, ingest_url: str, log: ProviderLog) -> None:
        self._log = log
        self._http = HttpConnections(ingest_url, connections_max=CONNECTIONS_MAX)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._http.close()

    async def send(self, request: WebhookRequest) -> bool:
        """Hand the message over, repeating it while we fail to answer or answer 5xx or 429.

        Tells whether it was taken (2xx). What is refused (4xx) is not repeated, and after
        `ATTEMPTS_MAX` attempts the provider gives up.
        """
        wait_s = _FIRST_WAIT_S
        for attempt in range(1, ATTEMPTS_MAX + 1):
            status = await self._attempt(request, attempt)
            if status is not None and not _is_worth_repeating(status):
                return status < HTTPStatus.MULTIPLE_CHOICES
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
        return False

    async def send_once(self, request: WebhookRequest) -> int | None:
        """Hand it over once; the answer's status, or None when there was none."""
        return await self._attempt(request, 1)

    async def _attempt(self, request: WebhookRequest, attempt: int) -> int | None:
        began_ms = clock.now_ms()
        status: int | None = None
        try:
            sent = self._http.request("POST", request.path, request.headers, request.body)
            status = (await self._http.send(sent)).status
        except NoAnswerError:
            pass  # A provider knows only that nobody answered.
        self._log.note(
            Noted.SENT,
            {
                "channel": request.channel,
                "endpoint_id": request.endpoint_id,
                "provider_message_id": request.provider_message_id,
                "address": request.address,
                "text": request.text,
                "attempt": attempt,
                "began_ms": began_ms,
                "status": status,
            },
        )
        return status


def _is_worth_repeating(status: int) -> bool:
    is_server_error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_server_error or status == HTTPStatus.TOO_MANY_REQUESTS
