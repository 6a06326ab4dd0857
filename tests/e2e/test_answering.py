"""One message all the way: from the webhook to the agent, back to the customer, into the memory."""

from typing import Any

import httpx

from deploy.local.simulated.provider_log import read_log
from deploy.local.simulated.webhook_requests import telegram_update
from libs.common.contracts.terms import Role
from tests.e2e.companies import COMPANIES
from tests.e2e.running import Running


async def test_a_question_is_answered_and_remembered(running: Running) -> None:
    """A Telegram message reaches an agent, whose answer reaches Telegram and the timeline."""
    company = COMPANIES[0]
    question = telegram_update(
        endpoint_id=company.endpoint_id("telegram"),
        secret=company.secret,
        chat_id=4_242,
        number=1,
        text="Where is my parcel?",
    )

    assert await running.customers.send(question)
    report = await running.verdict()

    assert report.is_good, report.to_text()
    answers = [
        line
        for line in read_log(running.log.path)
        if line["kind"] == "reached" and line["address"] == "4242"
    ]
    assert len(answers) == 1
    timeline = await _timeline(running, address="4242")
    assert [entry["kind"] for entry in timeline if entry.get("content")] == ["reply", "message"]
    assert [entry["content"]["text"] for entry in timeline if entry.get("content")] == [
        answers[0]["text"],
        "Where is my parcel?",
    ]


async def test_another_tenants_customer_does_not_exist(running: Running) -> None:
    """A supervisor of another tenant finds nobody under an address that the first tenant knows."""
    async with httpx.AsyncClient(
        base_url=running.stack.url("history"), headers=_supervisor(running, 1), trust_env=False
    ) as history:
        found = await history.get("/v1/customers", params={"family": "telegram", "address": "4242"})

    assert found.status_code == httpx.codes.NOT_FOUND


async def _timeline(running: Running, *, address: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(
        base_url=running.stack.url("history"), headers=_supervisor(running, 0), trust_env=False
    ) as history:
        found = await history.get(
            "/v1/customers", params={"family": "telegram", "address": address}
        )
        customer_id = found.json()["customer_id"]
        page = await history.get(f"/v1/customers/{customer_id}/timeline")
        entries: list[dict[str, Any]] = page.json()["entries"]
        return entries


def _supervisor(running: Running, number: int) -> dict[str, str]:
    company = COMPANIES[number]
    token = running.stack.issuer.mint(
        tenant_id=company.tenant_id,
        subject="supervisor",
        roles=[Role.SUPERVISOR],
        desks=[company.desk_id],
    )
    return {"authorization": f"Bearer {token}"}
