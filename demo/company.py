"""The demo's company: its desk, its addresses on three channels, its people and their tokens."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.local.simulated.providers import SimulatedProviders
from deploy.local.stack import (
    SERVICES,
    ApiKeyEntry,
    EndpointEntry,
    StackConfiguration,
    WebhookEntry,
)
from deploy.local.tokens import LocalIssuer
from libs.common import clock
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import Role

DESK = "service"
LATE_AGENT = "nora"
# Calls back from the office, by phone and in office hours: nobody whom the demo plays.
OFFICE_AGENT = "rita"
CALENDAR, CALLBACKS = "office", "callbacks"
ADMINISTRATOR = "adam"
SUPERVISOR = "sara"
SHOP = "shop"

TELEGRAM_SECRET = "demo-telegram-secret"  # noqa: S105 - lives as long as the demo, on loopback
MAILGUN_KEY = "demo-mailgun-key"
WEBHOOK_SECRET = "whsec_ZGVtby13ZWJob29rLXNlY3JldC1mb3Itb25lLXJ1bg=="  # noqa: S105 - as above
API_KEY = "sk_demo_shop"
MAILBOX = "service@aurora.example"
SPANS_AT_ONCE_MS = 500

_DOCUMENT = Path(__file__).with_name("desk.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One run's company. Its names are new in each run, since servers of the user's own keep what
    earlier runs left there.
    """

    tenant_id: str
    telegram: str
    web_chat: str
    email: str

    @classmethod
    def of_this_run(cls) -> "Company":
        """A company that no earlier run knew."""
        run = f"{clock.now_ms() // 1_000:x}"
        return cls(
            tenant_id=f"aurora-{run}",
            telegram=f"telegram-{run}",
            web_chat=f"web-chat-{run}",
            email=f"email-{run}",
        )

    def stack_configuration(
        self, providers: SimulatedProviders, *, traces_url: str
    ) -> StackConfiguration:
        """What the stack is told: our addresses with the simulated providers behind them, the
        webhook for alerts, the shop's key, and that every trace is exported.
        """
        traced = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces_url,
            "OTEL_BSP_SCHEDULE_DELAY": str(SPANS_AT_ONCE_MS),
            "TRACE_SAMPLE_RATIO": "1",
            # The exporter would ask a proxy even for this machine.
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        return StackConfiguration(
            endpoints=self._endpoints(providers),
            webhooks=(
                WebhookEntry(
                    webhook_id="demo-alerts",
                    tenant_id=self.tenant_id,
                    desk_id=DESK,
                    url=providers.webhook_url,
                    secrets=(WEBHOOK_SECRET,),
                    types=("escalation.fired", "escalation.alerted"),
                ),
            ),
            api_keys=(ApiKeyEntry(key_id=SHOP, secret=API_KEY, tenant_id=self.tenant_id),),
            variables=dict.fromkeys(SERVICES, traced),
        )

    def token(self, issuer: LocalIssuer, subject: str, role: Role) -> str:
        """A bearer token for one of the desk's people."""
        return issuer.mint(tenant_id=self.tenant_id, subject=subject, roles=[role], desks=[DESK])

    def customer_token(self, issuer: LocalIssuer, address: str) -> str:
        """What the website gives the visitor with this address for the chat."""
        return issuer.mint(
            tenant_id=self.tenant_id,
            subject=address,
            roles=[Role.CUSTOMER],
            endpoint_id=self.web_chat,
        )

    def _endpoints(self, providers: SimulatedProviders) -> tuple[EndpointEntry, ...]:
        bot = {"token": "demo-bot", "api_base_url": providers.telegram_api_base_url}
        mailbox = {
            "address": MAILBOX,
            "smtp_host": providers.smtp_host,
            "smtp_port": providers.smtp_port,
            "smtp_security": "none",
        }
        return (
            self._endpoint(self.web_chat, "web_chat", (), {}),
            self._endpoint(self.telegram, "telegram", (TELEGRAM_SECRET,), bot),
            self._endpoint(self.email, "email", (MAILGUN_KEY,), mailbox),
        )

    def _endpoint(
        self, endpoint_id: str, channel: str, secrets: tuple[str, ...], settings: dict[str, Any]
    ) -> EndpointEntry:
        return EndpointEntry(
            endpoint_id=endpoint_id,
            channel=channel,
            tenant_id=self.tenant_id,
            desk_id=DESK,
            secrets=secrets,
            settings=settings,
        )


def desk_document() -> str:
    """The desk's configuration as its administrator wrote it."""
    return _DOCUMENT.read_text(encoding="utf-8")


def desk_configuration() -> DeskConfiguration:
    """The same, validated."""
    return DeskConfiguration.model_validate(yaml.safe_load(desk_document()))
