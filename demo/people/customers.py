"""The demo's customers: they write through their providers, wait for the answer and go on."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx

from demo.company import API_KEY, MAILGUN_KEY, TELEGRAM_SECRET, Company
from demo.people.answers import AnswerBook
from demo.people.witness import Witness
from demo.traffic.episodes import Episode, Source
from demo.traffic.mails import dated
from deploy.local.simulated.customer_stream import read_replies
from deploy.local.simulated.customers import Customers
from deploy.local.simulated.webhook_requests import (
    WebhookRequest,
    customer_event,
    mailgun_post,
    telegram_update,
    web_chat_message,
)
from deploy.local.tokens import LocalIssuer
from libs.common import clock

TYPES_S = 0.8
REPLY_TIMEOUT_S = 60.0
STREAM_TIMEOUT_S = 600.0
# More than any dialogue has, so that a reply that comes twice is seen twice.
STREAM_REPLIES_MAX = 1_000
# Providers repeat what they are not sure was taken; every so-manieth message comes twice.
REPEATED_EVERY = 8
_FIRST_CHAT_ID = 700_000


@dataclass(slots=True)
class Crowd:
    """All customers of the demo. `sent` are the messages and events that we acknowledged."""

    company: Company
    customers: Customers
    witness: Witness
    book: AnswerBook
    issuer: LocalIssuer
    notifier: httpx.AsyncClient
    sent: list[WebhookRequest] = field(default_factory=list)
    refused: list[WebhookRequest] = field(default_factory=list)
    repeated: int = 0
    unanswered: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a pause is no secret
    _number: int = 0
    _streams: list[asyncio.Task[int]] = field(default_factory=list)

    async def play(self, episode: Episode, *, address: str | None = None) -> str:
        """Play one episode to its end, or until an answer does not come; returns the address."""
        self._number += 1
        address = address or episode.address or self._new_address(episode.source)
        self.book.add(address, episode.exchanges)
        answered = self.witness.replies[address]
        if episode.source is Source.DIALOGUES:
            self._listen(address)
        for place, exchange in enumerate(episode.exchanges, start=1):
            await self.deliver(self._request(episode, address, exchange.asked))
            try:
                async with asyncio.timeout(REPLY_TIMEOUT_S):
                    await self.witness.await_replies(address, answered + place)
            except TimeoutError:
                self.unanswered += 1
                return address
            await asyncio.sleep(self._random.uniform(0.2, TYPES_S))
        return address

    async def ask(self, episode: Episode) -> None:
        """Write what begins an episode and wait for no answer: it comes when the office is open."""
        self._number += 1
        address = self._new_address(episode.source)
        self._listen(address)
        await self.deliver(self._request(episode, address, episode.exchanges[0].asked))

    async def record(self, *, kind: str, family: str, address: str, summary: str) -> None:
        """The shop reports something that this customer did."""
        self._number += 1
        await self.deliver(
            customer_event(
                source="/shop",
                event_id=f"{self.company.tenant_id}-{self._number}",
                kind=kind,
                family=family,
                address=address,
                summary=summary,
                api_key=API_KEY,
            )
        )

    async def deliver(self, request: WebhookRequest) -> None:
        """Hand one request over as its provider would, some of them twice."""
        was_taken = await self.customers.send(request)
        (self.sent if was_taken else self.refused).append(request)
        if was_taken and len(self.sent) % REPEATED_EVERY == 0:
            self.repeated += 1
            await self.customers.send(request)

    async def leave(self) -> None:
        """Everyone closes the chat window."""
        for stream in self._streams:
            stream.cancel()
        await asyncio.gather(*self._streams, return_exceptions=True)

    def _new_address(self, source: Source) -> str:
        is_web = source is Source.DIALOGUES
        return f"visitor-{self._number}" if is_web else str(_FIRST_CHAT_ID + self._number)

    def _listen(self, address: str) -> None:
        listening = read_replies(
            self.notifier,
            self.witness,
            address=address,
            endpoint_id=self.company.web_chat,
            token=self.company.customer_token(self.issuer, address),
            expected=STREAM_REPLIES_MAX,
            timeout_s=STREAM_TIMEOUT_S,
        )
        self._streams.append(asyncio.create_task(listening))

    def _request(self, episode: Episode, address: str, text: str) -> WebhookRequest:
        self._number += 1
        if episode.mail is not None:
            return mailgun_post(
                endpoint_id=self.company.email,
                signing_key=MAILGUN_KEY,
                address=address,
                message_id=episode.mail.message_id,
                text=text,
                mail=dated(episode.mail.source, clock.now()),
            )
        if episode.source is Source.QUESTIONS:
            return telegram_update(
                endpoint_id=self.company.telegram,
                secret=TELEGRAM_SECRET,
                chat_id=int(address),
                number=self._number,
                text=text,
                language=episode.language,
            )
        return web_chat_message(
            endpoint_id=self.company.web_chat,
            token=self.company.customer_token(self.issuer, address),
            address=address,
            message_id=f"m{self._number}",
            text=text,
            language=episode.language,
            labels={"page": episode.topic},
        )
