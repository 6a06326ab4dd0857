"""A desk that promises, and its customers: some are promised a reply within a minute."""

from datetime import UTC, datetime

from libs.common.contracts import events as e
from libs.common.contracts.configuration import WEEKDAYS, DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily
from libs.common.contracts.wire import Event

TENANT, DESK = "acme", "promises"
SOON, LATER = "soon", "later"
# A Tuesday morning at the office.
START_MS = int(datetime(2026, 3, 10, 8, tzinfo=UTC).timestamp()) * 1_000
# At risk after 48 s: nothing of the one is late when the other begins.
SOON_S, AT_RISK_SHARE = 60, 0.8
# First response and resolution.
CLOCKS_EACH = 2


def office(*, promises: bool) -> DeskConfiguration:
    """Two queues; with promises, one escalates and counts all time, the other office hours."""
    document: dict[str, object] = {
        "queues": [{"queue_id": SOON}, {"queue_id": LATER}],
        "rules": [{"rule_id": SOON, "when": {"topic": [SOON]}, "then": {"queue": SOON}}],
        "default": {"queue": LATER},
        "calendars": [
            {
                "calendar_id": "office",
                "zone": "Europe/Berlin",
                "opening": {day: ["08:00-12:00", "12:30-20:00"] for day in WEEKDAYS[:5]},
                "holidays": [{"country": "DE"}],
            }
        ],
    }
    if promises:
        document["sla_policies"] = [
            {
                "sla_policy_id": SOON,
                "when": {"queue": [SOON]},
                "first_response_s": SOON_S,
                "resolution_s": 28_800,
                "at_risk_share": AT_RISK_SHARE,
                "escalation": "broken",
            },
            {
                "sla_policy_id": LATER,
                "calendar": "office",
                "first_response_s": 14_400,
                "resolution_s": 28_800,
            },
        ]
        document["escalation_policies"] = [
            {
                "escalation_policy_id": "broken",
                "levels": [
                    {"trouble": "breached", "actions": {"notify": {"roles": ["supervisor"]}}}
                ],
            }
        ]
    return DeskConfiguration.model_validate(document)


def message(number: int, topic: str) -> e.MessageReceived:
    """The only message of a customer."""
    return e.MessageReceived.model_construct(
        reply_to=ReplyAddress(
            channel="web_chat",
            endpoint_id="site",
            contact_point_id=f"ctp_{number:020x}",
            family=AddressFamily.WEB,
            address=f"customer-{number}",
        ),
        provider_message_id=f"m-{number}",
        content=Content(text="Hello?"),
        sender_name=None,
        language=None,
        labels={"topic": topic},
    )


def event_of(number: int, data: e.EventData, now_ms: int) -> Event:
    """The event at this offset."""
    is_for_desk = data.type not in e.PARTITION_EVENT_TYPES
    return Event(
        id=f"event-{number}",
        type=data.type,
        tenant_id=TENANT if is_for_desk else "",
        desk_id=DESK if is_for_desk else "",
        time_ms=now_ms,
        traceparent=None,
        data=data,
    )
