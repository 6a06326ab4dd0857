"""What an agent's app posts: every action once by its key, repeated until it is answered."""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson

from deploy.local.simulated.http_connections import HttpConnections, NoAnswerError
from deploy.local.simulated.provider_log import Noted, ProviderLog

ATTEMPTS_MAX = 100
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 2.0


class AgentDoor:
    """The agent API of one desk as one agent (or administrator) uses it; all attempts are noted."""

    def __init__(
        self,
        http: HttpConnections,
        log: ProviderLog,
        *,
        tenant_id: str,
        desk_id: str,
        subject: str,
        token: str,
    ) -> None:
        self._http = http
        self._log = log
        self._tenant_id = tenant_id
        self._desk_id = desk_id
        self._subject = subject
        self._token = token

    async def post(self, path: str, body: dict[str, Any], *, key: str) -> bool:
        """Do it, again while nobody answers or the answer is 5xx; tells whether it was taken.

        `path` is below the desk; one `key` is one action however often it is sent.
        """
        return await self.request("POST", path, body, key=key)

    async def request(self, method: str, path: str, body: dict[str, Any], *, key: str) -> bool:
        """The same with another method."""
        wait_s = _FIRST_WAIT_S
        for _ in range(ATTEMPTS_MAX):
            status = await self._attempt(method, path, body, key=key)
            if status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return status < HTTPStatus.MULTIPLE_CHOICES
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
        return False

    async def _attempt(
        self, method: str, path: str, body: dict[str, Any], *, key: str
    ) -> int | None:
        status: int | None = None
        event_id: str | None = None
        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "idempotency-key": key,
        }
        request = self._http.request(
            method, f"/v1/desks/{self._desk_id}/{path}", headers, orjson.dumps(body)
        )
        try:
            answer = await self._http.send(request)
            status = answer.status
            event_id = orjson.loads(answer.body).get("event_id") if answer.is_success else None
        except NoAnswerError:
            pass  # Nobody answered: the same key makes the repeat harmless.
        self._log.note(
            Noted.ACTED,
            {
                "tenant_id": self._tenant_id,
                "desk_id": self._desk_id,
                "subject": self._subject,
                "path": path,
                "status": status,
                "event_id": event_id,
            },
        )
        return status
