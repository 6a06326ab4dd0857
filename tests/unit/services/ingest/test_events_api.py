"""Integrators' CloudEvents: taken whole or not at all, under their own tenant."""

from typing import Any

import httpx
import orjson
import pytest

from libs.common.contracts.terms import Role
from libs.common.errors import UnavailableError
from tests.unit.services.ingest.front_door import API_KEY, NARROW_API_KEY, FakeKafka, bearer, token

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ORDER: dict[str, Any] = {
    "specversion": "1.0",
    "id": "order-1",
    "source": "/shop/orders",
    "type": "switchboard.customer.event-recorded.v1",
    "time": "2026-02-03T04:05:06Z",
    "data": {
        "kind": "order_placed",
        "customer": {"family": "email", "address": "Anna@Example.org"},
        "summary": "Two books 📚",
        "attributes": {"total": 12.5, "lines": [{"sku": "b1"}]},
    },
}
MESSAGE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "message-1",
    "source": "/kiosk",
    "type": "switchboard.event.message-received.v1",
    "data": {
        "endpoint_id": "acme-bot",
        "customer": {"family": "telegram", "address": "1111"},
        "text": "Hello",
    },
}


async def send(
    client: httpx.AsyncClient,
    body: object,
    *,
    credential: str = API_KEY,
    media_type: str = STRUCTURED,
    **headers: str,
) -> httpx.Response:
    """One request of an integrator."""
    return await client.post(
        "/v1/events",
        content=body if isinstance(body, bytes) else orjson.dumps(body),
        headers=bearer(credential) | {"content-type": media_type, **headers},
    )


async def test_timeline_event_goes_to_the_customers_topic(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """It is keyed by customer, keeps source and time, and its address has the one form."""
    answer = await send(client, ORDER)

    record = kafka.published[0]
    assert answer.status_code == 202
    assert answer.json() == {"event_id": record.event["id"]}
    assert record.topic == "customer.events.v1"
    assert record.key is not None
    assert record.key.startswith(b"acme/cus_")
    assert record.event["source"] == "/shop/orders"
    assert record.event["time"] == "2026-02-03T04:05:06Z"
    assert record.event["data"]["address"] == "anna@example.org"


async def test_message_is_routed_by_its_endpoint(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Desk and channel are the endpoint's; the ids are derived here."""
    await send(client, MESSAGE)

    record = kafka.published[0]
    assert (record.topic, record.key) == ("routing.events.v1", b"acme/support")
    assert record.event["data"]["reply_to"]["channel"] == "telegram"
    assert record.event["data"]["provider_message_id"] == record.event["id"]


async def test_batch_is_taken_in_its_order(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """All ids come back in the order of the batch."""
    batch = [{**ORDER, "id": str(number)} for number in range(5)]

    answer = await send(client, batch, media_type=BATCH)

    assert answer.status_code == 202
    assert answer.json() == {"event_ids": [record.event["id"] for record in kafka.published]}


async def test_batch_with_a_mistake_is_refused_whole(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """One bad event, and none is taken; the answer names its place and field."""
    bad_field = [ORDER, {**ORDER, "data": {**ORDER["data"], "kind": "Not A Name"}}]
    bad_desk = [ORDER, {**MESSAGE, "data": {**MESSAGE["data"], "endpoint_id": "globex-chat"}}]

    answers = [await send(client, batch, media_type=BATCH) for batch in (bad_field, bad_desk)]

    assert [answer.status_code for answer in answers] == [422, 404]
    assert answers[0].json()["errors"][0]["field"] == "1.data.kind"
    assert answers[1].json()["detail"].startswith("event 1: ")
    assert kafka.published == []


@pytest.mark.parametrize("size", [0, 101])
async def test_batch_is_bounded(client: httpx.AsyncClient, kafka: FakeKafka, size: int) -> None:
    """An empty batch and one of more than 100 events are refused."""
    answer = await send(client, [ORDER] * size, media_type=BATCH)

    assert answer.status_code == 422
    assert kafka.published == []


async def test_batch_is_acknowledged_only_when_every_event_is(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """When the third of five fails the whole request answers 503; the repeat has the same ids."""
    batch = [{**ORDER, "id": str(number)} for number in range(5)]
    kafka.failure, kafka.fails_at = UnavailableError("gone"), 2

    failed = await send(client, batch, media_type=BATCH)
    first_ids = [record.event["id"] for record in kafka.published]
    kafka.reset()
    repeated = await send(client, batch, media_type=BATCH)

    assert failed.status_code == 503
    assert repeated.json()["event_ids"][: len(first_ids)] == first_ids


async def test_binary_form_is_the_same_event(client: httpx.AsyncClient) -> None:
    """Attributes in headers or in the body: the same source and id are the same event."""
    structured = await send(client, {**ORDER, "source": "/shop ü"})
    binary = await send(
        client,
        ORDER["data"],
        media_type="application/json",
        **{
            "ce-specversion": "1.0",
            "ce-id": "order-1",
            "ce-source": "/shop%20%C3%BC",
            "ce-type": ORDER["type"],
        },
    )

    assert binary.status_code == 202
    assert binary.json() == structured.json()


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "", BATCH + "x"])
async def test_other_forms_are_refused(client: httpx.AsyncClient, media_type: str) -> None:
    """The answer says what is read here."""
    answer = await send(client, ORDER, media_type=media_type)

    assert answer.status_code == 415
    assert STRUCTURED in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"a": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"[" * 500 + b"]" * 500, 422),
        (b" " * 10_000_000, 413),
        (b"[]", 422),
        (b"5", 422),
    ],
)
async def test_broken_bodies_are_refused(
    client: httpx.AsyncClient, kafka: FakeKafka, body: bytes, status: int
) -> None:
    """Broken JSON, a depth bomb and ten megabytes each get their answer."""
    answer = await send(client, body)

    assert answer.status_code == status
    assert kafka.published == []


async def test_another_tenant_in_the_body_is_refused(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """The tenant is the credential's; naming it is allowed, naming another is not."""
    own = await send(client, {**ORDER, "tenantid": "acme"})
    foreign = await send(client, {**ORDER, "tenantid": "globex"})

    assert (own.status_code, foreign.status_code) == (202, 403)
    assert [record.event["tenantid"] for record in kafka.published] == ["acme"]


async def test_only_integrators_may_send(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """Every other role is refused, and so is nobody."""
    for role in set(Role) - {Role.INTEGRATOR}:
        answer = await send(client, ORDER, credential=token(role))
        assert answer.status_code == 403

    for credential in ("rubbish", "sk_unknown", token(Role.INTEGRATOR, expires_in_s=-60)):
        answer = await send(client, ORDER, credential=credential)
        assert answer.status_code == 401

    assert kafka.published == []


async def test_credential_of_one_desk_reaches_that_desk_only(
    client: httpx.AsyncClient, kafka: FakeKafka
) -> None:
    """Another desk answers 404, by name or through its endpoint."""
    by_name = await send(client, {**ORDER, "deskid": "sales"}, credential=NARROW_API_KEY)
    sales_chat = {**MESSAGE["data"], "endpoint_id": "acme-other-chat"}
    by_endpoint = await send(client, {**MESSAGE, "data": sales_chat}, credential=NARROW_API_KEY)

    assert (by_name.status_code, by_endpoint.status_code) == (404, 404)
    assert kafka.published == []


async def test_foreign_tenants_event_is_another_event(client: httpx.AsyncClient) -> None:
    """The same source and id of two tenants never meet."""
    own = await send(client, ORDER)
    foreign = await send(client, ORDER, credential=token(Role.INTEGRATOR, tenant="globex"))

    assert own.json() != foreign.json()


async def test_callers_sampled_trace_goes_on(client: httpx.AsyncClient, kafka: FakeKafka) -> None:
    """An authenticated caller's sampled trace is followed; anything else is not."""
    sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for traceparent in (sampled, sampled[:-1] + "0", "x" * 54 + "1"):
        await send(client, ORDER, traceparent=traceparent)

    assert [record.event.get("traceparent") for record in kafka.published] == [sampled, None, None]
    assert kafka.published[0].headers["traceparent"] == sampled.encode()
