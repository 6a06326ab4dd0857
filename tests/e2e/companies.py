"""Two companies to run: their endpoints, desks, agents and customers, as the services know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.local.simulated.providers import SimulatedProviders
from deploy.local.stack import ApiKeyEntry, EndpointEntry, StackConfiguration, WebhookEntry
from tests.e2e.checker.material import KnownEndpoint

WEBHOOK_SECRET = "whsec_ZTJlLXRlc3RzLXNlY3JldC1vZi1hLXdlYmhvb2s="
ESCALATION_AFTER_S = 2
OFFER_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A tenant with one desk, an endpoint on each channel, and its agents."""

    tenant_id: str
    desk_id: str
    agents: int
    specialists: int

    @property
    def agent_ids(self) -> tuple[str, ...]:
        """Everybody who works here; the specialists come first."""
        return tuple(f"{self.tenant_id}-agent-{number}" for number in range(self.agents))

    def endpoint_id(self, channel: str) -> str:
        """The id of the company's endpoint on this channel."""
        return f"{self.tenant_id}-{channel.replace('_', '-')}"

    @property
    def bot_token(self) -> str:
        """The token of its Telegram bot, which names it in the provider's log."""
        return f"{self.tenant_id}-bot"

    @property
    def mailbox(self) -> str:
        """Its mail address."""
        return f"desk@{self.tenant_id}.example"

    @property
    def secret(self) -> str:
        """What proves its providers' requests."""
        return f"{self.tenant_id}-webhook-secret"

    @property
    def api_key(self) -> str:
        """Its shop's key."""
        return f"sk_{self.tenant_id}_shop"

    def desk_configuration(self) -> dict[str, Any]:
        """Everybody serves the general queue; few serve Russian, where the wait escalates."""
        agents: list[dict[str, Any]] = [
            {
                "agent_id": agent_id,
                "queues": {"general": 1, "russian": 1}
                if place < self.specialists
                else {"general": 1},
                "skills": {"russian": 4} if place < self.specialists else {},
                "capacity_units": 4,
            }
            for place, agent_id in enumerate(self.agent_ids)
        ]
        return {
            "skills": ["russian"],
            "queues": [
                {"queue_id": "general", "offer": {"timeout_s": OFFER_TIMEOUT_S}, "wrap_up_s": 5},
                {
                    "queue_id": "russian",
                    "requires": {"russian": 3},
                    "offer": {"timeout_s": OFFER_TIMEOUT_S},
                    "escalation": {"after_s": ESCALATION_AFTER_S},
                },
            ],
            "agents": agents,
            "rules": [
                {
                    "rule_id": "speaks-russian",
                    "when": {"language": ["ru"]},
                    "then": {"queue": "russian"},
                }
            ],
            "default": {"queue": "general"},
            "capacity_weights": {"web_chat": 2, "telegram": 1, "email": 1},
            "policies": {"take_back_after_s": 10},
        }


COMPANIES = (
    Company(tenant_id="acme", desk_id="support", agents=18, specialists=2),
    Company(tenant_id="globex", desk_id="sales", agents=8, specialists=1),
)
ALERTED_DESKS = frozenset((company.tenant_id, company.desk_id) for company in COMPANIES)


def endpoint_entries(company: Company, providers: SimulatedProviders) -> tuple[EndpointEntry, ...]:
    """The company's three endpoints, with the simulated providers behind them."""
    settings: dict[str, dict[str, Any]] = {
        "telegram": {
            "token": company.bot_token,
            "api_base_url": providers.telegram_api_base_url,
        },
        "email": {
            "address": company.mailbox,
            "smtp_host": providers.smtp_host,
            "smtp_port": providers.smtp_port,
            "smtp_security": "none",
        },
        "web_chat": {},
    }
    return tuple(
        EndpointEntry(
            endpoint_id=company.endpoint_id(channel),
            channel=channel,
            tenant_id=company.tenant_id,
            desk_id=company.desk_id,
            secrets=() if channel == "web_chat" else (company.secret,),
            settings=chosen,
        )
        for channel, chosen in settings.items()
    )


def known_endpoints() -> dict[str, KnownEndpoint]:
    """The endpoints as the checker must know them: told here, not read from the services."""
    through: dict[str, Callable[[Company], str]] = {
        "telegram": lambda company: company.bot_token,
        "email": lambda company: company.mailbox,
        "web_chat": lambda company: company.endpoint_id("web_chat"),
    }
    return {
        company.endpoint_id(channel): KnownEndpoint(
            tenant_id=company.tenant_id,
            desk_id=company.desk_id,
            channel=channel,
            through=name(company),
        )
        for company in COMPANIES
        for channel, name in through.items()
    }


def configuration_of(
    providers: SimulatedProviders, variables: dict[str, dict[str, str]]
) -> StackConfiguration:
    """What the stack is told."""
    return StackConfiguration(
        endpoints=tuple(
            entry for company in COMPANIES for entry in endpoint_entries(company, providers)
        ),
        webhooks=tuple(
            WebhookEntry(
                webhook_id=f"{company.tenant_id}-alerts",
                tenant_id=company.tenant_id,
                desk_id=company.desk_id,
                url=providers.webhook_url,
                secrets=(WEBHOOK_SECRET,),
            )
            for company in COMPANIES
        ),
        api_keys=tuple(
            ApiKeyEntry(
                key_id=f"{company.tenant_id}-shop",
                secret=company.api_key,
                tenant_id=company.tenant_id,
            )
            for company in COMPANIES
        ),
        variables=variables,
    )
