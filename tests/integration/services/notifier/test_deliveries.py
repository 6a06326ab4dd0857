"""Replies on their way out: a faked provider, and the real everything else."""

import asyncio
from typing import Any

import orjson
from aiosmtpd.smtp import SMTP, Envelope, Session

from libs.common.contracts.events import DeliveryReported
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome
from libs.common.contracts.wire import Event
from tests.integration.services.notifier.conftest import World
from tests.integration.services.notifier.events import read_events
from tests.integration.services.notifier.providers import (
    FakeProvider,
    serving,
    telegram_busy,
    telegram_ok,
)
from tests.integration.services.notifier.replica import replica, write_files
from tests.unit.services.notifier import builders as b

CHAT = b.reply_address(
    channel="telegram", endpoint_id="bot", family=AddressFamily.TELEGRAM, address="7"
)


def telegram_endpoint(url: str, endpoint_id: str = "bot") -> dict[str, Any]:
    """A bot of ours at this address."""
    return {
        "endpoint_id": endpoint_id,
        "channel": "telegram",
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "secrets": ["a secret token"],
        "settings": {"token": "1:token", "api_base_url": url, "timeout_s": 5},
    }


async def reports(world: World, count: int) -> list[Event]:
    """The delivery reports that the router will read, once there are so many."""

    def found(events: Any) -> list[Event]:  # noqa: ANN401 - any sequence of events
        return [event for event in events if isinstance(event.data, DeliveryReported)]

    return found(await read_events(world, until=lambda events: len(found(events)) >= count))


async def test_reply_is_sent_and_reported(world: World) -> None:
    """A filed reply reaches the provider, and what became of it comes back as an event."""
    log = world.writer()
    await log.begin()
    async with serving(FakeProvider(telegram_ok)) as provider:
        world.files = write_files(world.folder, [telegram_endpoint(provider.url)])
        async with replica(world.settings(), world.names):
            await log.decide(b.reply_filed(reply_to=CHAT), traceparent=b.TRACEPARENT)
            (report,) = await reports(world, 1)

    assert orjson.loads(provider.asked[0].body) == {"chat_id": 7, "text": "It comes tomorrow."}
    assert report.data == DeliveryReported(
        conversation_id="cnv_1",
        reply_id="reply-1",
        outcome=DeliveryOutcome.SENT,
        attempt=1,
        provider_message_id="77",
    )
    assert (report.tenant_id, report.desk_id) == (b.TENANT, b.DESK)
    assert report.traceparent == b.TRACEPARENT


async def test_busy_provider_is_asked_again_after_its_wait(world: World) -> None:
    """A 429 postpones the reply; later replies of the conversation wait behind it."""
    log = world.writer()
    await log.begin()
    async with serving(FakeProvider(telegram_ok, [telegram_busy, telegram_busy])) as provider:
        world.files = write_files(world.folder, [telegram_endpoint(provider.url)])
        async with replica(world.settings(), world.names):
            for number in (1, 2, 3):
                await log.decide(b.reply_filed(f"reply-{number}", reply_to=CHAT))
            found = await reports(world, 3)

    data = [report.data for report in found if isinstance(report.data, DeliveryReported)]
    assert [one.reply_id for one in data] == ["reply-1", "reply-2", "reply-3"]
    assert [one.attempt for one in data] == [3, 1, 1]
    # An attempt may be made twice under its id where its lease ran out on a busy machine.
    assert len(provider.asked) >= 5


async def test_dead_provider_does_not_hold_up_another(world: World) -> None:
    """One endpoint that hangs takes its own bounded runners and nobody else's."""
    log = world.writer()
    await log.begin()
    slow, quick = FakeProvider(telegram_ok, delay_s=3), FakeProvider(telegram_ok)
    async with serving(slow), serving(quick):
        endpoints = [telegram_endpoint(slow.url, "slow"), telegram_endpoint(quick.url, "quick")]
        world.files = write_files(world.folder, endpoints)
        settings = world.settings(errands_per_lane_max=2)
        async with replica(settings, world.names):
            for number in range(6):
                for endpoint_id in ("slow", "quick"):
                    address = b.reply_address(
                        channel="telegram",
                        endpoint_id=endpoint_id,
                        family=AddressFamily.TELEGRAM,
                        address=str(number),
                    )
                    name = f"{endpoint_id}-{number}"
                    await log.decide(b.reply_filed(name, reply_to=address, conversation_id=name))
            await quick.asked_times(6)

    assert len(slow.asked) <= 2


class MailBox:
    """What an SMTP server took."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, mail: Envelope) -> str:  # noqa: N802
        """Take every mail."""
        self.taken.append(mail)
        return "250 OK queued as 42"


async def test_mail_goes_out_over_smtp(world: World) -> None:
    """A reply to a mail is handed to the mail server and counts as sent when that took it."""
    log = world.writer()
    await log.begin()
    mailbox = MailBox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    endpoint = {
        "endpoint_id": "mail",
        "channel": "email",
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "secrets": ["a signing key"],
        "settings": {
            "address": "help@example.com",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
        },
    }
    world.files = write_files(world.folder, [endpoint])
    address = b.reply_address(
        channel="email", endpoint_id="mail", family=AddressFamily.EMAIL, address="eve@example.org"
    )
    try:
        async with replica(world.settings(), world.names):
            await log.decide(b.reply_filed(reply_to=address))
            (report,) = await reports(world, 1)
    finally:
        server.close()

    (mail,) = mailbox.taken
    assert mail.rcpt_tos == ["eve@example.org"]
    assert b"It comes tomorrow." in (mail.content or b"")
    assert isinstance(report.data, DeliveryReported)
    assert report.data.outcome is DeliveryOutcome.SENT
