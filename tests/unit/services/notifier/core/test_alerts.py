"""What contacts are told, and over what."""

# ruff: noqa: ANN401 - a builder takes any field of what it builds

from typing import Any

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import Trouble
from services.notifier.core.alerts import alerts_of, message_of, read_message
from services.notifier.core.errands import WEBHOOK_TYPES, Subscription, webhooks_of
from services.notifier.core.notifications import notifications_of
from tests.unit.services.notifier import builders as b


def alerted(**changes: Any) -> d.EscalationAlerted:
    """Anna, who is on call, is told of two conversations over mail and pager."""
    fields: dict[str, Any] = {
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "policy_id": "long-wait",
        "level": 2,
        "trouble": Trouble.WAITING,
        "count": 2,
        "work_item_ids": ("itm_1", "itm_2"),
        "conversation_ids": ("cnv_1", "cnv_2"),
        "notify_roles": (),
        "ways": ("mail", "pager"),
        "target": "nights",
        "contact_id": "anna",
    }
    return d.EscalationAlerted(**(fields | changes))


def test_each_way_of_a_contact_is_an_errand_of_its_own() -> None:
    """A mail server that hangs holds up no pager; a repeat of the record is the same errand."""
    record = b.record(b.escalation_fired(), alerted(), traceparent=b.TRACEPARENT)

    mail, pager = alerts_of(record, 7)

    assert (mail.id, mail.lane) == ("event-1.1/mail", "acme/support/anna/mail")
    assert (pager.id, pager.lane) == ("event-1.1/pager", "acme/support/anna/pager")
    assert (mail.offset, mail.index, mail.thread) == (7, 1, "")
    assert (mail.tenant_id, mail.traceparent) == (b.TENANT, b.TRACEPARENT)
    assert mail.content == pager.content
    assert alerts_of(record, 7) == (mail, pager)


def test_a_way_that_is_not_a_contacts_own_is_no_errand() -> None:
    """Streams and webhooks are of roles."""
    record = b.record(alerted(ways=("mail", "stream")))

    assert [one.id for one in alerts_of(record, 7)] == ["event-1.0/mail"]


def test_a_contact_is_told_over_no_stream_and_no_webhook() -> None:
    """Nor roles over mail: each alert has its own ways."""
    subscription = Subscription(
        webhook_id="hook",
        tenant_id=b.TENANT,
        desk_id=b.DESK,
        url="https://example.com/",
        secrets=(),
        types=WEBHOOK_TYPES,
    )
    record = b.record(alerted())

    assert notifications_of(record, 1) == ()
    assert webhooks_of(record, 1, [subscription]) == ()
    inner = alerted(target="", contact_id="", ways=("stream", "webhook"))
    assert alerts_of(b.record(inner), 1) == ()
    lost = alerted(contact_id="", ways=("stream", "webhook"))
    assert alerts_of(b.record(lost), 1) == ()


def test_the_message_says_what_is_wrong_and_how_to_stop_it() -> None:
    """By ids alone: a lock screen shows it to everybody."""
    message = message_of(alerted(), now_ms=b.NOW_MS)

    assert message.title == "support: 2 conversations waiting for an agent"
    assert message.body.split("\n") == [
        "2 conversations of desk support (acme): waiting for an agent. You are on call: nights.",
        "Policy long-wait, level 2, at 2025-06-15T15:06:40.000+00:00.",
        "Conversations: cnv_1, cnv_2",
        (
            "Acknowledge, so that nobody else is told:"
            " POST /v1/desks/support/conversations/<conversation>/acknowledge"
        ),
    ]
    (errand, _) = alerts_of(b.record(alerted()), 1)
    assert read_message(errand.content) == message


def test_the_message_counts_those_whom_it_does_not_name() -> None:
    """Of a contact who is named directly, urgently, and since when."""
    many = alerted(
        count=40, target="anna", since_ms=b.NOW_MS - 60_000, is_urgent=True, trouble="breached"
    )

    message = message_of(many, now_ms=b.NOW_MS)

    assert message.title == "URGENT: support: 40 conversations past what was promised"
    first, _, third, _ = message.body.split("\n")
    assert first.endswith("past what was promised, the first since 2025-06-15T15:05:40.000+00:00.")
    assert third == "Conversations: cnv_1, cnv_2, and 38 more"
    assert message_of(alerted(count=1), now_ms=0).title.startswith("support: 1 conversation ")
