"""What the desks of a run promise, and so when what falls due: all in known seconds.

All time counts, so each instant is a sum. One queue has nobody, in the other one agent gets
everything at once and answers or closes it around the time that it falls due.
"""

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, TenantId
from libs.common.identifiers import contact_point_id_of, fresh_event_id
from tests.chaos.desks import Desk

NOBODYS, SERVED = "nobodys", "served"
AGENT = "ann"
FIRST_RESPONSE_S, AT_RISK_SHARE = 3, 0.5
AGAIN_S = 5
AT_RISK_MS, DUE_MS = int(1_000 * FIRST_RESPONSE_S * AT_RISK_SHARE), 1_000 * FIRST_RESPONSE_S
# Of each level, in order: its trouble, and when it is due, counted from the message.
LEVELS = (
    ("at_risk", 0, AT_RISK_MS),
    ("breached", 0, DUE_MS),
    ("breached", 1, DUE_MS + 1_000),
    ("waiting", FIRST_RESPONSE_S, DUE_MS),
)
REPEATED, OF_WAITING = 3, 4


def configuration() -> DeskConfiguration:
    """Every level tells a role; the third fires once more."""
    levels: list[dict[str, object]] = [
        {"trouble": trouble, "after_s": after_s, "actions": {"notify": {"roles": ["supervisor"]}}}
        for trouble, after_s, _ in LEVELS
    ]
    levels[REPEATED - 1] |= {"repeat_every_s": AGAIN_S, "repeats": 1}
    return DeskConfiguration.model_validate(
        {
            "queues": [
                {"queue_id": NOBODYS},
                {"queue_id": SERVED, "offer": {"mode": "direct"}},
            ],
            "agents": [{"agent_id": AGENT, "queues": {SERVED: 1}, "capacity_units": 50}],
            "rules": [{"rule_id": SERVED, "when": {"topic": [SERVED]}, "then": {"queue": SERVED}}],
            "default": {"queue": NOBODYS},
            "sla_policies": [
                {
                    "sla_policy_id": "soon",
                    "first_response_s": FIRST_RESPONSE_S,
                    "at_risk_share": AT_RISK_SHARE,
                    "escalation": "all-levels",
                }
            ],
            "escalation_policies": [{"escalation_policy_id": "all-levels", "levels": levels}],
        }
    )


def message(desk: Desk, name: str, topic: str) -> e.MessageReceived:
    """What a customer writes who never wrote before."""
    return e.MessageReceived(
        reply_to=ReplyAddress(
            channel="web_chat",
            endpoint_id=desk.endpoint_id,
            contact_point_id=contact_point_id_of(TenantId(desk.tenant_id), AddressFamily.WEB, name),
            family=AddressFamily.WEB,
            address=name,
        ),
        provider_message_id=fresh_event_id(),
        content=Content(text=f"{name} asks"),
        labels={"topic": topic},
    )
