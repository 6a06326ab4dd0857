"""Tests of telling other systems by the rules of Standard Webhooks."""

# ruff: noqa: ANN401 - a builder takes any field of what it builds

from typing import Any

from standardwebhooks import Webhook

from libs.channels.transport import HttpRequest, HttpResponse, TransportResponse
from services.notifier.core.errands import ESCALATION_FIRED, Subscription, webhooks_of
from services.notifier.core.retries import RetryPolicy
from services.notifier.outbox import LEASES_MAX, LeasedErrand
from services.notifier.webhooks import Webhooks, signed
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.fakes import FakeOutbox, FakeTransports

SECRETS = ("whsec_" + "bmV3" * 10, "whsec_" + "b2xk" * 10)
PAGER = Subscription(
    webhook_id="pager",
    tenant_id=b.TENANT,
    desk_id=b.DESK,
    url="https://example.com/hook",
    secrets=SECRETS,
    types=frozenset({ESCALATION_FIRED}),
)


def leased(**changes: Any) -> LeasedErrand:
    """A webhook's errand in our hands."""
    (errand,) = webhooks_of(b.record(b.escalation_fired()), 1, [PAGER])
    return LeasedErrand(errand=errand, lease="lease", **changes)


class Disabled:
    """Disabled webhooks in memory."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    async def has(self, webhook_id: str) -> bool:
        """Whether it is disabled."""
        return webhook_id in self.ids

    async def add(self, webhook_id: str, *, tenant_id: str) -> None:
        """Disable it."""
        assert tenant_id == b.TENANT
        self.ids.add(webhook_id)


class Desk:
    """Webhooks over fakes."""

    def __init__(self, *statuses: int, subscriptions: tuple[Subscription, ...] = (PAGER,)) -> None:
        responses: list[TransportResponse] = [
            HttpResponse(status=status, headers={}, body=b"") for status in statuses
        ]
        self.outbox = FakeOutbox()
        self.disabled = Disabled()
        self.transports = FakeTransports(*responses)
        self.webhooks = Webhooks(
            outbox=self.outbox,
            disabled=self.disabled,
            subscriptions=subscriptions,
            transports=self.transports,
            policy=RetryPolicy(base_s=4, cap_s=60, attempts_max=3),
            timeout_s=5,
            draw=lambda: 0.5,
        )


def test_each_secret_of_a_rotation_verifies_the_request() -> None:
    """The receiver may know the old secret or the new one."""
    request = signed(leased(), PAGER, timeout_s=5, traceparent=b.TRACEPARENT)

    headers = dict(request.headers)
    for secret in SECRETS:
        body = Webhook(secret).verify(request.body, headers)
        assert body["type"] == ESCALATION_FIRED
    assert headers["webhook-id"] == "msg_event-1_0"
    assert headers["traceparent"] == b.TRACEPARENT


def test_request_without_a_trace_names_none() -> None:
    """No header is better than an empty one."""
    request = signed(leased(), PAGER, timeout_s=5, traceparent=None)

    assert "traceparent" not in request.headers


async def test_taken_webhook_is_done() -> None:
    """2xx ends it."""
    desk = Desk(202)

    await desk.webhooks.run(leased())

    assert desk.outbox.written == [("done", "")]
    assert isinstance(desk.transports.requests[0], HttpRequest)


async def test_failed_attempt_is_postponed() -> None:
    """A redirect is a failure like any other, and is not followed."""
    desk = Desk(302)

    await desk.webhooks.run(leased())

    assert desk.outbox.written == [("postponed", 2.0, "status 302")]


async def test_gone_disables_the_webhook() -> None:
    """Nothing is sent there any more, and what waits for it fails."""
    desk = Desk(410)

    await desk.webhooks.run(leased())
    await desk.webhooks.run(leased())

    assert desk.outbox.written == [
        ("failed", "status 410"),
        ("failed", "the webhook is disabled"),
    ]
    assert len(desk.transports.requests) == 1


async def test_subscription_that_was_removed_fails_its_webhooks() -> None:
    """A target that nobody configured is told nothing."""
    desk = Desk(subscriptions=())

    await desk.webhooks.run(leased())

    assert desk.outbox.written == [("failed", "the webhook is not configured")]


async def test_webhook_that_kills_its_runner_is_given_up() -> None:
    """After a thousand leases without an outcome nobody tries again."""
    desk = Desk()

    await desk.webhooks.run(leased(leases=LEASES_MAX + 1))

    assert desk.outbox.written[0][0] == "failed"
