"""The providers take replies as the real ones do, and note them."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
from standardwebhooks import Webhook

from deploy.local.simulated.provider_log import read_log
from deploy.local.simulated.providers import SimulatedProviders

SECRET = "whsec_dGVzdHMtc2VjcmV0LW9mLWEtd2ViaG9vay0xMjM="


async def test_a_reply_over_the_bot_api_is_noted(tmp_path: Path) -> None:
    """The answer is Telegram's, and the log names bot, chat and text."""
    async with SimulatedProviders.in_folder(tmp_path) as providers, client(providers) as http:
        answer = await http.post("/botmy-token/sendMessage", json={"chat_id": 7, "text": "hi"})

    (line,) = noted(tmp_path)
    assert answer.json() == {"ok": True, "result": {"message_id": 1}}
    assert (line["through"], line["address"], line["text"]) == ("my-token", "7", "hi")


async def test_a_provider_may_refuse_for_now(tmp_path: Path) -> None:
    """A refused reply did not reach the customer, and the log says so."""
    providers = SimulatedProviders.in_folder(tmp_path, refusals=1.0)
    async with providers, client(providers) as http:
        answer = await http.post("/botmy-token/sendMessage", json={"chat_id": 7, "text": "hi"})

    assert answer.status_code == 500
    assert [line["kind"] for line in noted(tmp_path)] == ["refused"]


async def test_a_mail_is_noted_with_its_text(tmp_path: Path) -> None:
    """Address, Message-ID and text stand in the log."""
    mail = EmailMessage()
    mail["Message-ID"] = "<1@acme.example>"
    mail.set_content("Here it is.")
    async with SimulatedProviders.in_folder(tmp_path) as providers:
        await aiosmtplib.send(
            mail,
            sender="desk@acme.example",
            recipients=["zoe@shop.example"],
            hostname=providers.smtp_host,
            port=providers.smtp_port,
            start_tls=False,
        )

    (line,) = noted(tmp_path)
    assert (line["address"], line["text"]) == ("zoe@shop.example", "Here it is.")
    assert line["provider_message_id"] == "<1@acme.example>"


async def test_a_webhooks_signature_is_checked(tmp_path: Path) -> None:
    """One that is signed verifies, one that is not is noted as such."""
    now, body = datetime.now(UTC), '{"type": "escalation.fired"}'  # noqa: TID251 - the far side's own clock
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
    }
    providers = SimulatedProviders.in_folder(tmp_path, webhook_secrets=(SECRET,))
    async with providers, client(providers) as http:
        await http.post("/alerts", content=body, headers=signed)
        await http.post("/alerts", content=body, headers={"webhook-id": "msg_2"})

    assert [line["is_verified"] for line in noted(tmp_path)] == [True, False]


def client(providers: SimulatedProviders) -> httpx.AsyncClient:
    """A client of the HTTP providers."""
    return httpx.AsyncClient(base_url=providers.telegram_api_base_url, trust_env=False)


def noted(folder: Path) -> list[dict[str, Any]]:
    """What the log holds."""
    return list(read_log(folder / "providers.jsonl"))
