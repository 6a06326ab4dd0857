"""What the outside knows: the messages and events that were acknowledged, the replies received."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local.simulated.provider_log import Noted
from deploy.local.simulated.webhook_requests import WebhookRequest
from libs.channels.normalisation import identifier_of
from libs.common.contracts.terms import AddressFamily
from libs.common.identifiers import event_id_of

FAMILIES = {
    "telegram": AddressFamily.TELEGRAM,
    "web_chat": AddressFamily.WEB,
    "email": AddressFamily.EMAIL,
}
EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as a customer sees it; white space is the channel's own matter."""

    address: str
    text: str

    @classmethod
    def of(cls, address: str, text: str) -> "Reply":
        """The reply with its text's white space made even."""
        return cls(address, " ".join(text.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """By the outside's own log. `messages` are event ids by address; `events` counts by address;
    `accepted_replies` are the ids of agents' replies that were answered with 202.
    """

    messages: dict[str, set[str]]
    families: dict[str, AddressFamily]
    events: Counter[str]
    accepted_replies: set[str]
    received: Counter[Reply]


def expected_of(sent: Iterable[WebhookRequest], lines: Iterable[Mapping[str, Any]]) -> Expected:
    """What must stand in the memory after these requests were acknowledged."""
    messages: dict[str, set[str]] = {}
    families: dict[str, AddressFamily] = {}
    events = Counter[str]()
    for request in sent:
        if request.channel == EVENTS:
            events[request.address] += 1
        else:
            messages.setdefault(request.address, set()).add(message_id_of(request))
            families[request.address] = FAMILIES[request.channel]
    noted = list(lines)
    return Expected(
        messages=messages,
        families=families,
        events=events,
        accepted_replies={line["event_id"] for line in noted if _is_accepted_reply(line)},
        received=Counter(
            Reply.of(line["address"], line["text"])
            for line in noted
            if line["kind"] == Noted.REACHED
        ),
    )


def message_id_of(request: WebhookRequest) -> str:
    """The id that the message has inside, by the rule that every id derives from its cause."""
    told = request.provider_message_id
    # A mail's id is one name, whatever is in it; the others number within a chat.
    parts = (told,) if request.channel == "email" else tuple(told.split("/"))
    return event_id_of(endpoint=request.endpoint_id, provider_message_id=identifier_of(*parts))


def _is_accepted_reply(line: Mapping[str, Any]) -> bool:
    is_reply = line["kind"] == Noted.ACTED and line["path"].endswith("/replies")
    return is_reply and line["event_id"] is not None
