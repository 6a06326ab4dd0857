"""Webhooks over the real everything, verified by the library that receivers use."""

import asyncio

import orjson
from standardwebhooks import Webhook
from starlette.responses import Response

from services.notifier.settings import NotifierSettings
from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.providers import FakeProvider, serving
from tests.integration.services.notifier.replica import replica, write_files
from tests.unit.services.notifier import builders as b

OLD_SECRET = "whsec_" + "b2xk" * 10
NEW_SECRET = "whsec_" + "bmV3" * 10


def taken() -> Response:
    """The receiver took it."""
    return Response(status_code=204)


def failing() -> Response:
    """The receiver is in trouble."""
    return Response(status_code=500)


def gone() -> Response:
    """The receiver wants nothing any more."""
    return Response(status_code=410)


def configure(world: World, url: str) -> NotifierSettings:
    """A replica's settings with one subscription at this address."""
    subscription = {
        "webhook_id": "pager",
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "url": f"{url}/hook",
        "secrets": [NEW_SECRET, OLD_SECRET],
        "types": ["escalation.fired"],
    }
    path = world.folder / "webhooks.yaml"
    path.write_bytes(orjson.dumps([subscription]))
    world.files = write_files(world.folder)
    return world.settings(webhooks_file=path)


async def states(world: World) -> list[str]:
    """The state of each webhook's errand, in the order of the log."""
    stored = world.database["notifier_webhooks"].find({}, sort=[("offset", 1)])
    return [document["state"] async for document in stored]


async def test_escalation_is_told_signed_and_again_until_taken(world: World) -> None:
    """Each attempt has the same id, and both secrets of a rotation verify it."""
    log = world.writer()
    await log.begin()
    async with (
        serving(FakeProvider(taken, [failing])) as receiver,
        replica(configure(world, receiver.url), world.names),
    ):
        await log.decide(b.escalation_fired())
        first, second = await receiver.asked_times(2)

    for secret in (NEW_SECRET, OLD_SECRET):
        body = Webhook(secret).verify(second.body, second.headers)
        assert body["type"] == "escalation.fired"
        assert body["data"]["conversation_id"] == "cnv_1"
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert second.path == "/hook"


async def test_receiver_that_is_gone_is_told_nothing_any_more(world: World) -> None:
    """410 ends the subscription; later escalations are kept as failed."""
    log = world.writer()
    await log.begin()
    async with (
        serving(FakeProvider(gone)) as receiver,
        replica(configure(world, receiver.url), world.names),
    ):
        await log.decide(b.escalation_fired())
        await receiver.asked_times(1)
        await until_states(world, ["failed"])
        await log.decide(b.escalation_fired())
        await until_states(world, ["failed", "failed"])

    assert len(receiver.asked) == 1


async def test_receiver_that_never_takes_it_ends_as_failed(world: World) -> None:
    """After the last attempt the webhook is dead, and visibly so."""
    log = world.writer()
    await log.begin()
    async with serving(FakeProvider(failing)) as receiver:
        settings = configure(world, receiver.url).model_copy(
            update={"webhook_attempts_max": 3, "webhook_retry_cap_s": 0.05}
        )
        async with replica(settings, world.names):
            await log.decide(b.escalation_fired())
            await until_states(world, ["failed"])

    assert len(receiver.asked) == 3


async def until_states(world: World, expected: list[str]) -> None:
    """Wait until the errands are in these states."""
    async with asyncio.timeout(15):
        while await states(world) != expected:  # noqa: ASYNC110 - MongoDB sets no event
            await asyncio.sleep(0.02)
