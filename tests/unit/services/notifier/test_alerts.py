"""Tests of telling contacts: again until taken, and not for ever."""

# ruff: noqa: ANN401 - a builder takes any field of what it builds

from typing import Any

from pydantic import SecretStr

from services.notifier.alerts import Alerts
from services.notifier.core.alerts import ContactMessage, alerts_of
from services.notifier.core.retries import RetryPolicy
from services.notifier.outbox import LEASES_MAX, LeasedErrand
from tests.unit.services.notifier import builders as b
from tests.unit.services.notifier.core.test_alerts import alerted
from tests.unit.services.notifier.fakes import FakeOutbox

LANE = "acme/support/anna/mail"


class Line:
    """Takes messages, or does not."""

    def __init__(self, *, takes: bool) -> None:
        self.takes = takes
        self.sent: list[tuple[str, ContactMessage]] = []

    async def send(self, address: SecretStr, message: ContactMessage) -> bool:
        """Whether it takes them."""
        self.sent.append((address.get_secret_value(), message))
        return self.takes


def leased(**changes: Any) -> LeasedErrand:
    """A mail to anna in our hands."""
    errand, _ = alerts_of(b.record(alerted()), 1)
    return LeasedErrand(errand=errand, lease="lease", **changes)


async def run(line: Line, errand: LeasedErrand, *lanes: str) -> list[tuple[object, ...]]:
    """What is written of one attempt."""
    outbox = FakeOutbox()
    alerts = Alerts(
        outbox=outbox,
        addresses={lane: SecretStr(f"address of {lane}") for lane in lanes},
        transport=line,
        policy=RetryPolicy(base_s=4, cap_s=60, attempts_max=3),
        draw=lambda: 0.5,
    )
    await alerts.run(errand)
    return outbox.written


async def test_an_alert_that_is_taken_is_done() -> None:
    """It went to the contact's own address."""
    line = Line(takes=True)

    assert await run(line, leased(), LANE) == [("done", "")]
    [(address, message)] = line.sent
    assert address == f"address of {LANE}"
    assert message.title == "support: 2 conversations waiting for an agent"


async def test_an_alert_that_is_not_taken_is_sent_again_with_longer_waits() -> None:
    """And ends as failed after the last attempt."""
    line = Line(takes=False)
    detail = "not reached, or not taken"

    assert await run(line, leased(), LANE) == [("postponed", 2.0, detail)]
    assert await run(line, leased(attempts=1), LANE) == [("postponed", 4.0, detail)]
    assert await run(line, leased(attempts=2), LANE) == [("failed", detail)]


async def test_a_contact_without_an_address_is_told_nothing() -> None:
    """The desk names it, the file does not: that is visible as failed."""
    line = Line(takes=True)

    written = await run(line, leased(), "acme/support/anna/pager")

    assert written == [("failed", "the contact has no such address")]
    assert line.sent == []


async def test_an_alert_that_ends_each_process_is_given_up() -> None:
    """Whatever it is about."""
    line = Line(takes=True)

    written = await run(line, leased(leases=LEASES_MAX + 1), LANE)

    assert written == [("failed", "tried too often without an outcome")]
    assert line.sent == []
