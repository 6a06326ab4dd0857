"""Providers repeat what was not taken, and note every attempt."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.simulated import customers as customers_module
from deploy.local.simulated.customers import Customers
from deploy.local.simulated.provider_log import ProviderLog, read_log
from deploy.local.simulated.serving import HttpServer
from deploy.local.simulated.webhook_requests import telegram_update

MESSAGE = telegram_update(endpoint_id="bot", secret="key", chat_id=7, number=3, text="hello")


class FakeIngest:
    """Answers with these statuses, one after the other."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        route = Route("/v1/channels/telegram/bot", self._answer, methods=["POST"])
        self.server = HttpServer(Starlette(routes=[route]))

    async def _answer(self, _: Request) -> Response:
        return Response(status_code=self._statuses.pop(0))


@pytest.mark.parametrize(
    ("statuses", "is_taken"), [((503, 429, 200), True), ((401,), False), ((202,), True)]
)
async def test_a_message_is_repeated_until_it_is_answered(
    statuses: tuple[int, ...], *, is_taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5xx and 429 are tried again, 2xx and 4xx end it."""
    monkeypatch.setattr(customers_module, "_FIRST_WAIT_S", 0.001)
    ingest, log = FakeIngest(*statuses), ProviderLog(tmp_path / "log")
    async with ingest.server, Customers(ingest.server.url, log) as customers:
        was_taken = await customers.send(MESSAGE)
    log.close()

    noted = [line["status"] for line in read_log(log.path)]

    assert was_taken is is_taken
    assert noted == list(statuses)


async def test_nobody_at_home_is_noted_as_no_answer(tmp_path: Path) -> None:
    """A refused connection has no status."""
    log = ProviderLog(tmp_path / "log")
    async with Customers("http://127.0.0.1:9", log) as customers:
        status = await customers.send_once(MESSAGE)
    log.close()

    assert status is None
    assert next(read_log(log.path))["status"] is None
