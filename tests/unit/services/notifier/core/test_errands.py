"""Tests of what has to be brought outside."""

from dataclasses import replace

import orjson

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import SlaTarget
from services.notifier.core.errands import (
    ESCALATION_FIRED,
    Subscription,
    read_filed_reply,
    replies_of,
    webhooks_of,
)
from services.notifier.core.notifications import time_text
from tests.unit.services.notifier import builders as b


def subscription(
    webhook_id: str = "pager",
    *,
    tenant_id: str = b.TENANT,
    desk_id: str = b.DESK,
    types: frozenset[str] = frozenset({ESCALATION_FIRED}),
) -> Subscription:
    """A wish to be told."""
    return Subscription(
        webhook_id=webhook_id,
        tenant_id=tenant_id,
        desk_id=desk_id,
        url="https://example.com/hook",
        secrets=("whsec_x",),
        types=types,
    )


def test_each_filed_reply_is_one_errand_in_its_conversations_order() -> None:
    """Replies of one conversation share a thread; their place is that of their decision."""
    record = b.record(b.work_item_queued(), b.reply_filed("r-1"), b.reply_filed("r-2"))

    first, second = replies_of(record, 9)

    assert (first.id, second.id) == ("acme/r-1", "acme/r-2")
    assert first.thread == second.thread == "acme/cnv_1"
    assert (first.offset, first.index) < (second.offset, second.index)
    assert first.lane == "site"


def test_reply_comes_back_from_its_errand_unchanged() -> None:
    """What is delivered is what was filed, with the time of its record."""
    reply = b.reply_filed()
    (errand,) = replies_of(b.record(reply), 9)

    filed = read_filed_reply(errand.content)

    assert filed.reply == reply
    assert filed.filed_at_ms == b.NOW_MS


def test_each_escalation_is_told_to_each_subscription_of_its_desk() -> None:
    """Other tenants, other desks and other types are told nothing."""
    subscriptions = [
        subscription("pager"),
        subscription("board"),
        subscription("foreign", tenant_id="other"),
        subscription("elsewhere", desk_id="sales"),
        subscription("deaf", types=frozenset()),
    ]

    errands = webhooks_of(b.record(b.reply_filed(), b.escalation_fired()), 9, subscriptions)

    assert [errand.lane for errand in errands] == ["pager", "board"]
    assert {errand.thread for errand in errands} == {""}


def test_the_level_of_a_policy_is_told_by_its_alert_once_for_many() -> None:
    """The firings themselves call nobody, and an alert only over the ways that it names."""
    types = frozenset({"escalation.fired", "escalation.alerted"})
    fired = b.escalation_fired(policy_id="help")
    quiet = b.escalation_alerted(ways=("stream",))
    record = b.record(fired, fired, quiet, b.escalation_alerted())

    (errand,) = webhooks_of(record, 9, [subscription(types=types)])

    body = orjson.loads(errand.content)
    assert (errand.index, body["type"]) == (3, "escalation.alerted")
    assert body["data"] == {
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "work_item_ids": ["itm_1", "itm_2"],
        "conversation_ids": ["cnv_1", "cnv_2"],
        "count": 2,
        "policy_id": "help",
        "level": 1,
        "trouble": "waiting",
        "notify_roles": ["supervisor"],
    }


def test_a_promise_in_danger_is_told_to_those_who_ask_for_it() -> None:
    """By its own type: whoever asked for escalations alone hears nothing new."""
    subscriptions = [
        subscription("pager"),
        subscription("board", types=frozenset({"sla.breached"})),
    ]

    (errand,) = webhooks_of(b.record(b.sla_breached()), 9, subscriptions)

    body = orjson.loads(errand.content)
    assert (errand.lane, body["type"]) == ("board", "sla.breached")
    assert body["data"] == {
        "tenant_id": b.TENANT,
        "desk_id": b.DESK,
        "work_item_id": "itm_1",
        "conversation_id": "cnv_1",
        "queue_id": "general",
        "policy_id": "gold",
        "target": "first_response",
        "due_at": time_text(b.NOW_MS),
    }


def test_a_promise_at_risk_says_why_and_when_its_turn_is_expected() -> None:
    """By its share of time there is no such expectation."""
    at_risk = d.SlaAtRisk(
        tenant_id=b.TENANT,
        desk_id=b.DESK,
        work_item_id="itm_1",
        conversation_id="cnv_1",
        queue_id="general",
        policy_id="gold",
        target=SlaTarget.FIRST_RESPONSE,
        at_risk_ms=b.NOW_MS,
        due_ms=b.NOW_MS,
        cause="predicted",
        expected_ms=b.NOW_MS,
    )
    asked = [subscription(types=frozenset({"sla.at_risk"}))]

    said = [
        orjson.loads(errand.content)["data"]
        for one in (at_risk, replace(at_risk, cause="share", expected_ms=None))
        for errand in webhooks_of(b.record(one), 9, asked)
    ]

    assert [one["cause"] for one in said] == ["predicted", "share"]
    assert [one["expected_at"] for one in said] == [time_text(b.NOW_MS), None]


def test_webhook_has_a_stable_id_without_dots_and_a_typed_body() -> None:
    """The same escalation is the same message whoever writes it, however often."""
    record = b.record(b.escalation_fired(), event_id="0f.1")

    (errand,) = webhooks_of(record, 9, [subscription()])

    body = orjson.loads(errand.content)
    assert errand.id == "msg_0f_1_0/pager"
    assert body["type"] == ESCALATION_FIRED
    assert body["data"]["queue_id"] == "general"
    assert body["data"]["notify_roles"] == ["supervisor"]
