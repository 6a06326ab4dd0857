"""The customer's stream over real HTTP: replies to that person, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from libs.common.contracts.terms import Role
from services.notifier.close_codes import CURSOR_UNKNOWN, SERVICE_RESTART
from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.replica import Replica, replica, token
from tests.unit.services.notifier import builders as b

READ_TIMEOUT_S = 10


@dataclass(slots=True)
class Seen:
    """One server-sent event."""

    id: str | None
    event: str
    data: dict[str, Any]


def visitor(subject: str = "visitor-1", *, endpoint: str | None = "site") -> str:
    """The token of a person in our web chat."""
    return token(Role.CUSTOMER, subject=subject, endpoint=endpoint)


@asynccontextmanager
async def listening(
    one: Replica, *, bearer: str | None = None, last_event_id: str = ""
) -> AsyncIterator[AsyncIterator[Seen]]:
    """The events of an open stream."""
    headers = {"authorization": f"Bearer {bearer or visitor()}"}
    if last_event_id:
        headers["last-event-id"] = last_event_id
    async with (
        httpx.AsyncClient(timeout=READ_TIMEOUT_S) as client,
        client.stream("GET", f"{one.url}/v1/customer-stream", headers=headers) as response,
    ):
        assert response.status_code == 200
        yield events_of(response)


async def events_of(response: httpx.Response) -> AsyncIterator[Seen]:
    """The events, as a browser would read them."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, text = line.partition(": ")
            fields[name.rstrip(":")] = text
        elif fields:
            yield Seen(fields.get("id"), fields["event"], orjson.loads(fields["data"]))
            fields = {}


async def test_reply_reaches_the_customer_alone(world: World) -> None:
    """The customer sees the answer, not who gave it, and nothing of another customer."""
    log = world.writer()
    await log.begin()
    async with (
        replica(world.settings(), world.names) as one,
        listening(one) as events,
        asyncio.timeout(READ_TIMEOUT_S),
    ):
        hello = await anext(events)
        await log.decide(b.reply_filed("r-0", reply_to=b.reply_address(address="visitor-2")))
        await log.decide(b.reply_filed("r-1"))
        seen = await anext(events)

    assert hello.event == "hello"
    assert seen.event == "reply.filed"
    assert seen.data["body"]["reply_id"] == "r-1"
    assert b.AGENT not in orjson.dumps(seen.data).decode()


async def test_browser_resumes_by_its_last_event_id(world: World) -> None:
    """What was filed while the browser was away comes when it is back, once."""
    log = world.writer()
    await log.begin()
    settings = world.settings(stream_recent_messages_max=0)
    async with replica(settings, world.names) as one, asyncio.timeout(READ_TIMEOUT_S):
        async with listening(one) as events:
            await anext(events)
            await log.decide(b.reply_filed("r-1"))
            first = await anext(events)
        await log.decide(b.reply_filed("r-2"))
        async with listening(one, last_event_id=first.id or "") as events:
            await anext(events)
            await log.decide(b.reply_filed("r-3"))
            rest = [(await anext(events)).data["body"]["reply_id"] for _ in range(2)]

    assert rest == ["r-2", "r-3"]


async def test_stream_says_why_it_ends(world: World) -> None:
    """A leaving replica says so; a cursor that can't be served is to be forgotten."""
    settings = world.settings(stream_join_timeout_s=0.2)
    async with asyncio.timeout(READ_TIMEOUT_S):
        async with replica(settings, world.names) as one:
            async with listening(one, last_event_id="999.0") as events:
                refused = [event async for event in events][-1]
            async with listening(one) as events:
                await anext(events)
                one.notifier.streams.hub.close_all(SERVICE_RESTART)
                left = [event async for event in events][-1]

    assert (refused.data["code"], refused.id) == (CURSOR_UNKNOWN.code, "")
    assert (left.data["code"], left.id) == (SERVICE_RESTART.code, None)


async def test_only_a_customer_of_an_endpoint_of_the_tenant_is_served(world: World) -> None:
    """Other roles, unknown endpoints and other tenants get no stream."""
    foreign = token(Role.CUSTOMER, tenant="other", endpoint="site")
    cases = [
        ("nonsense", None, 401),
        (token(Role.AGENT), None, 403),
        (visitor(endpoint=None), None, 404),
        (visitor(endpoint="nowhere"), None, 404),
        (foreign, None, 404),
        (visitor(), "yesterday", 422),
    ]
    async with replica(world.settings(), world.names) as one, httpx.AsyncClient() as client:
        found = []
        for bearer, cursor, _ in cases:
            headers = {"authorization": f"Bearer {bearer}"} | (
                {"last-event-id": cursor} if cursor else {}
            )
            answer = await client.get(f"{one.url}/v1/customer-stream", headers=headers)
            found.append(answer.status_code)

    assert found == [status for *_, status in cases]
