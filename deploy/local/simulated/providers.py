"""The providers that our replies go to: Telegram's Bot API, a mail server, a webhook's subscriber.

`refusals` is the share of replies that a provider refuses for now (500, 451), as real ones do;
which ones, the seed decides.
"""

import asyncio
import random
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Self

import orjson
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK
from deploy.local.simulated.mail_server import MailSink
from deploy.local.simulated.provider_log import Noted, ProviderLog
from deploy.local.simulated.serving import HttpServer


class SimulatedProviders:
    """All of them, up from `start` to `stop`; a port of 0 means any free one.

    `webhook_secrets` are those that a subscriber's signature may be made with. Replies and
    webhooks that arrive are noted in `log`, which its owner closes.
    """

    def __init__(
        self,
        log: ProviderLog,
        *,
        webhook_secrets: Sequence[str] = (),
        http_port: int = 0,
        smtp_port: int = 0,
        refusals: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.log = log
        self._secrets = tuple(webhook_secrets)
        self._refusals = refusals
        self._random = random.Random(seed)  # noqa: S311 - which replies to refuse is no secret
        self._messages = 0
        self._owns_log = False
        self._http = HttpServer(self._app(), port=http_port)
        self._mail = MailSink(log, port=smtp_port, is_refusing=self._is_refusing)

    @classmethod
    def in_folder(cls, folder: Path, **options: object) -> Self:
        """The same, with a log in `folder` that is closed at the end."""
        providers = cls(ProviderLog(folder / "providers.jsonl"), **options)  # type: ignore[arg-type]
        providers._owns_log = True
        return providers

    @property
    def telegram_api_base_url(self) -> str:
        """What a Telegram endpoint's `api_base_url` is set to."""
        return self._http.url

    @property
    def webhook_url(self) -> str:
        """What a webhook's `url` is set to."""
        return f"{self._http.url}/alerts"

    @property
    def smtp_host(self) -> str:
        """What an email endpoint's `smtp_host` is set to."""
        return LOOPBACK

    @property
    def smtp_port(self) -> int:
        """What an email endpoint's `smtp_port` is set to, with a security of `none`."""
        return self._mail.port

    async def start(self) -> None:
        """Return when both servers take connections."""
        await asyncio.gather(self._http.start(), self._mail.start())

    async def stop(self) -> None:
        """End both servers."""
        await asyncio.gather(self._http.stop(), self._mail.stop())
        if self._owns_log:
            self.log.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/readyz", _ready),
                Route("/alerts", self._alert, methods=["POST"]),
                Route("/bot{token}/sendMessage", self._send_message, methods=["POST"]),
            ]
        )

    def _is_refusing(self) -> bool:
        return self._random.random() < self._refusals

    async def _send_message(self, request: Request) -> Response:
        sent = orjson.loads(await request.body())
        noted = {
            "channel": "telegram",
            "through": request.path_params["token"],
            "address": str(sent["chat_id"]),
            "text": sent["text"],
        }
        if self._is_refusing():
            self.log.note(Noted.REFUSED, noted)
            return JSONResponse(
                {"ok": False, "error_code": 500, "description": "Internal Server Error"},
                HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        self._messages += 1
        self.log.note(Noted.REACHED, {**noted, "provider_message_id": str(self._messages)})
        return JSONResponse({"ok": True, "result": {"message_id": self._messages}})

    async def _alert(self, request: Request) -> Response:
        body = await request.body()
        is_verified = any(self._verifies(secret, request, body) for secret in self._secrets)
        told = orjson.loads(body)
        self.log.note(
            Noted.ALERTED,
            {
                "webhook_message_id": request.headers.get("webhook-id", ""),
                "is_verified": is_verified,
                "type": told.get("type"),
                "told": told,
            },
        )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _verifies(self, secret: str, request: Request, body: bytes) -> bool:
        try:
            Webhook(secret).verify(body, dict(request.headers))
        except Exception:  # noqa: BLE001 - the library raises several kinds for a wrong proof
            return False
        return True


async def _ready(_: Request) -> Response:
    return Response(status_code=HTTPStatus.OK)
