"""Many customers at once: messages over three channels, the same ones for the same seed."""

import random
from collections.abc import Iterator

from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    customer_event,
    mailgun_post,
    plain_mail,
    telegram_update,
    web_chat_message,
)
from deploy.local.stack import Stack
from deploy.local.tokens import LocalIssuer
from libs.common.contracts.terms import Role
from tests.e2e.companies import COMPANIES, Company

CHANNELS = ("telegram", "email", "web_chat")
MAIL_DOMAIN = "customers.example"
MESSAGES_PER_CUSTOMER = 8
RUSSIAN_SHARE = 0.03
REPEAT_SHARE = 0.05
ORDER_SHARE = 0.05


class Crowd:
    """Writes the requests of one burst. Tokens come from the stack's issuer."""

    def __init__(self, stack: Stack, *, seed: int) -> None:
        self._issuer = stack.issuer
        self._seed = seed
        self._random = random.Random(seed)

    def requests(self, messages: int) -> Iterator[WebhookRequest]:
        """`messages` messages, with repeats by their providers and some orders in between."""
        customers = max(1, messages // MESSAGES_PER_CUSTOMER)
        for number in range(messages):
            request = self._message(number, self._random.randrange(customers))
            yield request
            if self._random.random() < REPEAT_SHARE:
                yield request
            if self._random.random() < ORDER_SHARE:
                yield self._order(number)

    def _message(self, number: int, customer: int) -> WebhookRequest:
        company = COMPANIES[customer % 5 == 0]
        channel = CHANNELS[customer % len(CHANNELS)]
        language = "ru" if self._random.random() < RUSSIAN_SHARE else "en"
        text = f"burst-{self._seed}-message-{number}"
        match channel:
            case "telegram":
                return telegram_update(
                    endpoint_id=company.endpoint_id(channel),
                    secret=company.secret,
                    chat_id=self._seed * 100_000 + customer,
                    number=number + 1,
                    text=text,
                    language=language,
                )
            case "email":
                return self._mail(company, number, customer, text)
            case _:
                return self._chat(company, number, customer, text, language)

    def _mail(self, company: Company, number: int, customer: int, text: str) -> WebhookRequest:
        address = f"mailer-{self._seed}-{customer}@{MAIL_DOMAIN}"
        message_id = f"{self._seed}.{number}@{MAIL_DOMAIN}"
        mail = plain_mail(
            address=address, to=company.mailbox, message_id=message_id, subject="Burst", text=text
        )
        return mailgun_post(
            endpoint_id=company.endpoint_id("email"),
            signing_key=company.secret,
            address=address,
            message_id=message_id,
            text=text,
            mail=mail,
        )

    def _chat(
        self, company: Company, number: int, customer: int, text: str, language: str
    ) -> WebhookRequest:
        address = f"visitor-{self._seed}-{customer}"
        return web_chat_message(
            endpoint_id=company.endpoint_id("web_chat"),
            token=chat_token(self._issuer, company, address),
            address=address,
            message_id=f"{self._seed}-{number}",
            text=text,
            language=language,
        )

    def _order(self, number: int) -> WebhookRequest:
        company = COMPANIES[number % len(COMPANIES)]
        return customer_event(
            source=f"/{company.tenant_id}/shop",
            event_id=f"order-{self._seed}-{number}",
            kind="order_placed",
            family="email",
            address=f"mailer-{self._seed}-{number}@{MAIL_DOMAIN}",
            summary=f"burst-{self._seed}-order-{number}",
            api_key=company.api_key,
        )


def chat_token(issuer: LocalIssuer, company: Company, address: str) -> str:
    """The token of a customer in the company's web chat."""
    return issuer.mint(
        tenant_id=company.tenant_id,
        subject=address,
        roles=[Role.CUSTOMER],
        endpoint_id=company.endpoint_id("web_chat"),
    )
