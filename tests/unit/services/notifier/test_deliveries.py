"""Tests of bringing a reply to its customer and telling what became of it."""

# ruff: noqa: ANN401 - a builder takes any field of what it builds

from typing import Any

import pytest

from libs.channels.endpoints import load_endpoints
from libs.channels.transport import HttpResponse, NoResponse, NoResponseReason, TransportResponse
from libs.common.contracts.content import Content
from libs.common.contracts.events import DeliveryReported
from libs.common.contracts.terms import AddressFamily, DeliveryOutcome
from libs.common.errors import UnavailableError
from services.notifier.core.errands import replies_of
from services.notifier.core.retries import RetryPolicy
from services.notifier.deliveries import Deliveries
from services.notifier.outbox import LEASES_MAX, LeasedErrand
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import FakeOutbox, FakePublisher, FakeTransports

ENDPOINTS = load_endpoints("""
- {endpoint_id: bot, channel: telegram, tenant_id: acme, desk_id: support,
   secrets: [a-long-secret], settings: {token: "1:x"}}
- {endpoint_id: foreign, channel: telegram, tenant_id: other, desk_id: support,
   secrets: [a-long-secret], settings: {token: "1:x"}}
- {endpoint_id: sales, channel: telegram, tenant_id: acme, desk_id: sales,
   secrets: [a-long-secret], settings: {token: "1:x"}}
""")
TAKEN = HttpResponse(status=200, headers={}, body=b'{"ok":true,"result":{"message_id":7}}')
BUSY = HttpResponse(status=503, headers={}, body=b"")
REFUSED = HttpResponse(status=403, headers={}, body=b'{"ok":false,"description":"blocked"}')


def leased(
    *, text: str = "Hello.", endpoint_id: str = "bot", address: str = "7", **changes: Any
) -> LeasedErrand:
    """A reply's errand in our hands."""
    reply_to = b.reply_address(
        channel="telegram",
        endpoint_id=endpoint_id,
        family=AddressFamily.TELEGRAM,
        address=address,
    )
    reply = b.reply_filed(reply_to=reply_to, content=Content(text=text))
    (errand,) = replies_of(b.record(reply), 1)
    return LeasedErrand(errand=errand, lease="lease", **changes)


class Desk:
    """Deliveries over fakes."""

    def __init__(
        self, *responses: TransportResponse, failures: int = 0, is_ours: bool = True
    ) -> None:
        self.outbox = FakeOutbox(is_ours=is_ours)
        self.transports = FakeTransports(*responses)
        self.publisher = FakePublisher(failures)
        self.deliveries = Deliveries(
            outbox=self.outbox,
            endpoints=ENDPOINTS,
            transports=self.transports,
            publisher=self.publisher,
            policy=RetryPolicy(base_s=4, cap_s=60, attempts_max=3),
            draw=lambda: 0.5,
        )

    @property
    def reports(self) -> list[DeliveryReported]:
        """What the router was told."""
        return [e.data for e in self.publisher.events if isinstance(e.data, DeliveryReported)]


async def test_outcome_is_stored_then_told_then_the_errand_is_over() -> None:
    """In this order: a failure after the sending never sends again."""
    desk = Desk(TAKEN)

    await desk.deliveries.run(leased())

    assert desk.outbox.written == [("settled", "sent"), ("done", "")]
    assert [report.provider_message_id for report in desk.reports] == ["7"]


async def test_trouble_of_the_provider_postpones_the_reply() -> None:
    """Nothing is told yet: there will be another attempt."""
    desk = Desk(BUSY)

    await desk.deliveries.run(leased())

    assert desk.outbox.written[0][:2] == ("postponed", 2.0)
    assert desk.reports == []


@pytest.mark.parametrize("response", [BUSY, NoResponse(NoResponseReason.TIMEOUT)])
async def test_last_attempt_that_fails_is_told_as_failed(response: TransportResponse) -> None:
    """The router hears of the failure and of the attempt that it was."""
    desk = Desk(response)

    await desk.deliveries.run(leased(attempts=2))

    (report,) = desk.reports
    assert (report.outcome, report.attempt) == (DeliveryOutcome.FAILED, 3)
    assert desk.outbox.written[-1][0] == "failed"


async def test_refusal_is_told_at_once() -> None:
    """A customer who blocked the bot is not tried again."""
    desk = Desk(REFUSED)

    await desk.deliveries.run(leased())

    assert [report.outcome for report in desk.reports] == [DeliveryOutcome.FAILED]


async def test_stored_outcome_is_told_without_sending() -> None:
    """After an outage of Kafka only the telling is repeated, as the same event."""
    first, second = Desk(TAKEN, failures=1), Desk()
    with pytest.raises(UnavailableError):
        await first.deliveries.run(leased())
    outcome = {
        "conversation_id": "cnv_1",
        "reply_id": "reply-1",
        "outcome": "sent",
        "attempt": 1,
        "provider_message_id": "7",
    }

    await second.deliveries.run(leased(outcome=outcome))
    await first.deliveries.run(leased(outcome=outcome))

    assert second.transports.requests == []
    assert first.publisher.events[0].id == second.publisher.events[0].id


async def test_parts_that_are_through_are_not_sent_again() -> None:
    """A long reply goes on with the part that failed."""
    text = "word " * 1_500
    first, second = Desk(TAKEN, BUSY), Desk(TAKEN)

    await first.deliveries.run(leased(text=text))
    await second.deliveries.run(leased(text=text, parts_done=1, attempts=1))

    assert first.outbox.written[0] == ("part", 1)
    assert len(second.transports.requests) == 1
    assert [report.outcome for report in second.reports] == [DeliveryOutcome.SENT]


async def test_whoever_lost_the_lease_tells_nothing() -> None:
    """The one who has it now will."""
    desk = Desk(TAKEN, is_ours=False)

    await desk.deliveries.run(leased())

    assert desk.reports == []
    assert desk.outbox.written == [("settled", "sent")]


@pytest.mark.parametrize("endpoint_id", ["gone", "foreign", "sales"])
async def test_endpoint_that_is_not_the_desks_is_never_used(endpoint_id: str) -> None:
    """Not configured, another tenant's or desk's: nothing is sent; a rollout may bring it back."""
    desk = Desk()

    await desk.deliveries.run(leased(endpoint_id=endpoint_id))

    assert desk.outbox.written[0][0] == "postponed"


async def test_reply_that_the_channel_can_t_express_fails_for_good() -> None:
    """No attempt is wasted on it."""
    desk = Desk()

    await desk.deliveries.run(leased(address="not-a-chat"))

    assert [report.outcome for report in desk.reports] == [DeliveryOutcome.FAILED]


async def test_reply_that_kills_its_runner_is_given_up() -> None:
    """After a thousand leases without an outcome nobody tries again."""
    desk = Desk()

    await desk.deliveries.run(leased(leases=LEASES_MAX + 1))

    assert [report.outcome for report in desk.reports] == [DeliveryOutcome.FAILED]
