"""Alerts to contacts over the real everything: stored with the record, sent until taken."""

import asyncio

import orjson
from starlette.responses import Response

from services.notifier.settings import NotifierSettings
from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.providers import FakeProvider, serving
from tests.integration.services.notifier.replica import replica, write_files
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.core.test_alerts import alerted


def taken() -> Response:
    """The gateway took it."""
    return Response(status_code=204)


def failing() -> Response:
    """The gateway is in trouble."""
    return Response(status_code=500)


def configure(world: World, url: str) -> NotifierSettings:
    """A replica's settings with anna's pager at this address, and no mail of hers."""
    contact = {
        "contact_id": "anna",
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "pager": url.replace("http://", "json://") + "/pager",
    }
    path = world.folder / "contacts.yaml"
    path.write_bytes(orjson.dumps([contact]))
    world.files = write_files(world.folder)
    return world.settings(
        contacts_file=path,
        allow_plain_http_targets=True,
        alert_retry_base_s=0.05,
        alert_retry_cap_s=0.1,
    )


async def until_states(world: World, expected: dict[str, str]) -> None:
    """Wait until the alerts' errands are in these states, by lane."""
    async with asyncio.timeout(20):
        while True:
            stored = world.database["notifier_alerts"].find({})
            if {one["lane"]: one["state"] async for one in stored} == expected:
                return
            await asyncio.sleep(0.02)


async def test_an_alert_reaches_the_pager_after_the_gateways_trouble(world: World) -> None:
    """A way without an address ends as failed, for everybody to see, and holds up no other."""
    log = world.writer()
    await log.begin()
    async with (
        serving(FakeProvider(taken, [failing])) as gateway,
        replica(configure(world, gateway.url), world.names),
    ):
        await log.decide(alerted())
        _, second = await gateway.asked_times(2)
        lanes = {"acme/support/anna/pager": "done", "acme/support/anna/mail": "failed"}
        await until_states(world, lanes)

    body = orjson.loads(second.body)
    assert body["title"] == "support: 2 conversations waiting for an agent"
    assert "/conversations/<conversation>/acknowledge" in body["message"]
    assert second.path == "/pager"


async def test_an_alert_whose_replica_ends_is_sent_by_the_next(world: World) -> None:
    """Once it was stored, it is told."""
    log = world.writer()
    await log.begin()
    async with serving(FakeProvider(failing)) as gateway:
        settings = configure(world, gateway.url).model_copy(update={"alert_attempts_max": 100})
        async with replica(settings, world.names):
            await log.decide(alerted(ways=("pager",)))
            await gateway.asked_times(1)
    async with (
        serving(FakeProvider(taken)) as gateway,
        replica(configure(world, gateway.url), world.names),
    ):
        await gateway.asked_times(1)
        await until_states(world, {"acme/support/anna/pager": "done"})
