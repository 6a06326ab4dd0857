"""Customers of the simulated desks: they write, call, hang up, and are linked with themselves."""

import random

from libs.common.contracts import events as e
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, TenantId
from libs.common.identifiers import contact_point_id_of
from tests.simulation.routing.desks import CHANNELS, SEGMENTS, TOPICS, DeskKey

CUSTOMERS_OF_DESK = 12
LONG_TEXT = "\N{WAVING HAND SIGN}" * 15_500
FAMILIES = {
    "web_chat": AddressFamily.WEB,
    "email": AddressFamily.EMAIL,
    "voice": AddressFamily.PHONE,
}


class Customers:
    """Everybody who may turn to one desk; a customer has an address of each channel."""

    def __init__(self, rng: random.Random, desk: DeskKey) -> None:
        self._rng = rng
        self._tenant = TenantId(desk[0])
        self._names = [f"{desk[1]}-{number}" for number in range(CUSTOMERS_OF_DESK)]

    def speak(self, message_id: str, text: str = "") -> tuple[str, e.EventData]:
        """Whose lane, and what: mostly a message."""
        name, channel = self._rng.choice(self._names), self._rng.choice(CHANNELS)
        chance = self._rng.random()
        if not text and chance < 0.06:
            return name, e.ContactEnded(contact_point_id=self._address(name, channel))
        if not text and chance < 0.09:
            return name, self._link(name)
        if not text:
            text = LONG_TEXT if chance > 0.99 else "Hello?"
        return name, self._message(name, channel, message_id, text)

    def _message(self, name: str, channel: str, message_id: str, text: str) -> e.MessageReceived:
        labels = {"topic": self._rng.choice(TOPICS)}
        if self._rng.random() < 0.3:
            labels["segment"] = self._rng.choice(SEGMENTS)
        if self._rng.random() < 0.3:
            labels["basket"] = self._rng.choice(("20", "50", "many"))
        return e.MessageReceived(
            reply_to=ReplyAddress(
                channel=channel,
                endpoint_id=channel,
                contact_point_id=self._address(name, channel),
                family=FAMILIES[channel],
                address=name,
            ),
            provider_message_id=message_id,
            content=Content(text=text),
            language=self._rng.choice((None, "tr", "en")),
            labels=labels,
        )

    def _link(self, name: str) -> e.EventData:
        """Mostly the same person's addresses; sometimes two people who are not the same."""
        other = name if self._rng.random() < 0.8 else self._rng.choice(self._names)
        points = (
            self._address(name, self._rng.choice(CHANNELS)),
            self._address(other, self._rng.choice(CHANNELS)),
        )
        if self._rng.random() < 0.7:
            return e.ContactPointsLinked(contact_point_ids=points)
        return e.ContactPointsUnlinked(contact_point_ids=points)

    def _address(self, name: str, channel: str) -> str:
        return contact_point_id_of(self._tenant, FAMILIES[channel], name)
