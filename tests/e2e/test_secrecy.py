"""What customers write, and who they are, is in no log, span or metric of any service."""

import httpx

from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    mailgun_post,
    plain_mail,
    web_chat_message,
)
from deploy.local.stack import SERVICES
from tests.e2e.companies import COMPANIES
from tests.e2e.crowd import MAIL_DOMAIN, chat_token
from tests.e2e.running import Running

TEXT = "kanarienvogel"
ADDRESS = f"canary.bird@{MAIL_DOMAIN}"
VISITOR = "visitor-canary"
# Beside the planted ones: what bursts of other tests and all agents' answers are made of.
CANARIES = (TEXT, ADDRESS, MAIL_DOMAIN, VISITOR, "burst-", "answers in")
COMPANY = COMPANIES[0]


async def test_no_text_and_no_address_leaves_with_logs_spans_or_metrics(running: Running) -> None:
    """Good, wrong and broken requests full of canaries leave none of them anywhere."""
    await running.restart_ingest(sample_ratio="1")
    assert await running.customers.send(_mail())
    assert not await running.customers.send(_chat())
    await _send_what_is_refused(running)
    await running.settling.settle()
    await running.restart_ingest()

    told = await _everything_told(running)

    assert len(told) >= 2 * len(SERVICES)
    assert "router.decide" in told["spans"]
    leaks = {
        place: [canary for canary in CANARIES if canary.lower() in text.lower()]
        for place, text in told.items()
    }
    assert not {place: found for place, found in leaks.items() if found}


async def _send_what_is_refused(running: Running) -> None:
    token = chat_token(running.stack.issuer, COMPANY, VISITOR)
    door = f"/v1/channels/web_chat/{COMPANY.endpoint_id('web_chat')}"
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    for path, sent in (
        (door, {"content": f'{{"text": "{TEXT}'}),
        (door, {"json": {"message_id": "1", "text": TEXT, TEXT: ADDRESS}}),
        (door, {"json": {"message_id": ADDRESS * 20, "text": TEXT}}),
        (f"/v1/channels/web_chat/{VISITOR}", {"json": {"message_id": "1", "text": TEXT}}),
        ("/v1/events", {"json": {"specversion": "1.0", "id": ADDRESS, "data": TEXT}}),
        (f"/v1/desks/{TEXT}/presence", {"json": {"presence": TEXT}}),
    ):
        answer = await running.http.post(path, headers=headers, **sent)
        assert httpx.codes.is_client_error(answer.status_code)


async def _everything_told(running: Running) -> dict[str, str]:
    """All logs since the start, all exported spans, and what each service's metrics say now."""
    told = {str(path): path.read_text(encoding="utf-8") for path in running.log_files()}
    told["spans"] = "\n".join(running.spans.exports)
    async with httpx.AsyncClient(trust_env=False) as http:
        for service in SERVICES:
            metrics = await http.get(f"{running.stack.url(service)}/metrics")
            told[f"metrics of {service}"] = metrics.text
    return told


def _mail() -> WebhookRequest:
    message_id = f"canary@{MAIL_DOMAIN}"
    return mailgun_post(
        endpoint_id=COMPANY.endpoint_id("email"),
        signing_key=COMPANY.secret,
        address=ADDRESS,
        message_id=message_id,
        text=f"A {TEXT} sings",
        mail=plain_mail(
            address=ADDRESS,
            to=COMPANY.mailbox,
            message_id=message_id,
            subject=TEXT,
            text=f"A {TEXT} sings",
        ),
    )


def _chat() -> WebhookRequest:
    return web_chat_message(
        endpoint_id=COMPANY.endpoint_id("web_chat"),
        token="not a token",
        address=VISITOR,
        message_id="canary",
        text=TEXT,
    )
