"""A small company to try the platform with: a desk, three channels, two agents, all tokens."""

from typing import Any

from deploy.local.stack.configuration import (
    ApiKeyEntry,
    EndpointEntry,
    StackConfiguration,
    WebhookEntry,
)
from deploy.local.tokens import LocalIssuer
from libs.common.contracts.terms import AddressFamily, Role, TenantId
from libs.common.identifiers import contact_point_id_of, customer_id_of

TENANT = "acme"
DESK = "support"
CUSTOMER = "visitor-1"
VISITOR = f"customer {CUSTOMER}"
ADMINISTRATOR = "administrator adam"
SUPERVISOR = "supervisor sara"
AGENT = "agent anna"
INTEGRATOR = "integrator shop"
WEB_CHAT = "acme-web"
API_KEY = "sk_local_acme_shop"
WEBHOOK_SECRET = "whsec_bG9jYWwtc3RhY2stZXhhbXBsZS1zZWNyZXQ="  # noqa: S105 - for this machine alone
TELEGRAM_SECRET = "local-telegram-secret"  # noqa: S105 - as above
MAILGUN_KEY = "local-mailgun-key"

DESK_CONFIGURATION: dict[str, Any] = {
    "skills": ["english", "russian"],
    "queues": [
        {
            "queue_id": "general",
            "name": "General questions",
            "last_agent_hold_s": 20,
            "steps": [{"after_s": 60, "lower": {"english": 1}}, {"after_s": 60, "anyone": True}],
            "wrap_up_s": 30,
            "escalation": {"after_s": 60},
        }
    ],
    "routing_profiles": [{"routing_profile_id": "everything", "queues": {"general": 1}}],
    "agent_groups": [
        {
            "agent_group_id": "support",
            "skills": {"english": 4},
            "routing_profile": "everything",
        }
    ],
    "agents": [
        {"agent_id": "anna", "groups": ["support"], "skills": {"english": 5, "russian": 4}},
        {"agent_id": "ben", "groups": ["support"]},
    ],
    "rules": [
        {
            "rule_id": "russian-speakers",
            "when": {"language": ["ru"]},
            "then": {"queue": "general", "requires": {"russian": 3}},
        }
    ],
    "default": {"queue": "general", "requires": {"english": 3}},
    "capacity_weights": {"web_chat": 2, "telegram": 2, "email": 1},
}


def example(*, providers_url: str, smtp_host: str, smtp_port: int) -> StackConfiguration:
    """The company's endpoints, webhook and API key, with the simulated providers behind them."""
    return StackConfiguration(
        endpoints=(
            _endpoint(WEB_CHAT, "web_chat"),
            _endpoint(
                "acme-telegram",
                "telegram",
                secret=TELEGRAM_SECRET,
                settings={"token": "acme-bot", "api_base_url": providers_url},
            ),
            _endpoint(
                "acme-mail",
                "email",
                secret=MAILGUN_KEY,
                settings={
                    "address": "support@acme.example",
                    "smtp_host": smtp_host,
                    "smtp_port": smtp_port,
                    "smtp_security": "none",
                },
            ),
        ),
        webhooks=(
            WebhookEntry(
                webhook_id="acme-alerts",
                tenant_id=TENANT,
                desk_id=DESK,
                url=f"{providers_url}/alerts",
                secrets=(WEBHOOK_SECRET,),
            ),
        ),
        api_keys=(ApiKeyEntry(key_id="acme-shop", secret=API_KEY, tenant_id=TENANT),),
    )


def credentials(issuer: LocalIssuer) -> dict[str, str]:
    """A bearer credential for everyone in the company, by who it is for."""
    people = {
        AGENT: ("anna", Role.AGENT),
        "agent ben": ("ben", Role.AGENT),
        SUPERVISOR: ("sara", Role.SUPERVISOR),
        ADMINISTRATOR: ("adam", Role.ADMINISTRATOR),
    }
    tokens = {
        who: issuer.mint(tenant_id=TENANT, subject=subject, roles=[role], desks=[DESK])
        for who, (subject, role) in people.items()
    }
    tokens[VISITOR] = issuer.mint(
        tenant_id=TENANT, subject=CUSTOMER, roles=[Role.CUSTOMER], endpoint_id=WEB_CHAT
    )
    return {**tokens, INTEGRATOR: API_KEY}


def customer_id() -> str:
    """Under which id the memory keeps the example's customer."""
    tenant_id = TenantId(TENANT)
    return customer_id_of(contact_point_id_of(tenant_id, AddressFamily.WEB, CUSTOMER))


def _endpoint(
    endpoint_id: str,
    channel: str,
    *,
    secret: str | None = None,
    settings: dict[str, Any] | None = None,
) -> EndpointEntry:
    return EndpointEntry(
        endpoint_id=endpoint_id,
        channel=channel,
        tenant_id=TENANT,
        desk_id=DESK,
        secrets=(secret,) if secret else (),
        settings=settings or {},
    )
