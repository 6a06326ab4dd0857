"""Events for a router that is not there yet: whole conversations, as all doors would publish them.

Conversations are interleaved: each is opened, accepted, continued, answered, delivered and closed
while others go on. The reservations' ids are derived as the router will derive them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from benchmarks import company
from libs.common import clock
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import DeliveryOutcome, Presence
from libs.common.contracts.wire import encode_event
from libs.common.identifiers import conversation_id_of, reservation_id_of, work_item_id_of

REPLICA = "notifier-0"
AT_ONCE = 50
# What opening decides: the conversation, its message, and as the third its work item.
WORK_ITEM_ORDINAL = 2
ACTIONS_PER_CONVERSATION = 7


@dataclass(frozen=True, slots=True)
class Addressed:
    """One event's bytes."""

    event_id: str
    value: bytes


def beginning(agents: int) -> Iterator[Addressed]:
    """The configuration, a notifier, and everybody present."""
    document = DeskConfiguration.model_validate(company.language_desk_document(agents))
    yield _event(e.DeskConfigured(configuration=document), "configured")
    yield _event(e.NotifierAlive(replica_id=REPLICA), "alive")
    for name in company.agent_names(agents):
        connected = e.AgentConnected(
            agent_id=name, connection_id=f"connection-{name}", replica_id=REPLICA
        )
        yield _event(connected, f"connected-{name}")
        available = e.AgentPresenceSet(agent_id=name, presence=Presence.AVAILABLE)
        yield _event(available, f"available-{name}")


def conversations(number: int, *, agents: int) -> Iterator[Addressed]:
    """So many whole conversations, `AT_ONCE` at a time, ACTIONS_PER_CONVERSATION events each."""
    reader = company.Reader()
    names = company.agent_names(agents)
    for first in range(0, number, AT_ONCE):
        running = [
            _conversation(customer, names[customer % agents], reader)
            for customer in range(first, min(first + AT_ONCE, number))
        ]
        for steps in zip(*running, strict=True):
            yield from steps


def openings(number: int, *, agents: int) -> Iterator[Addressed]:
    """The first messages of so many customers, to whom nobody answers."""
    reader = company.Reader()
    names = company.agent_names(agents)
    for customer in range(number):
        yield _message(customer, 1, reader, language=names[customer % agents])


def further(*, agents: int) -> Iterator[Addressed]:
    """Second and later messages of the same customers, for ever."""
    reader = company.Reader()
    names = company.agent_names(agents)
    for number in count(2):
        for customer in range(agents):
            yield _message(customer, number, reader, language=names[customer])


def _conversation(customer: int, agent_id: str, reader: company.Reader) -> Iterator[Addressed]:
    opening = _message(customer, 1, reader, language=agent_id)
    conversation_id = conversation_id_of(opening.event_id)
    work_item_id = work_item_id_of(opening.event_id, WORK_ITEM_ORDINAL)
    yield opening
    accepted = e.ReservationAccepted(
        agent_id=agent_id, reservation_id=reservation_id_of(work_item_id, 1)
    )
    yield _event(accepted, f"accepted-{customer}")
    yield _message(customer, 2, reader, language=agent_id)
    reply_id = f"reply-{customer}"
    reply = e.ReplySent(agent_id=agent_id, conversation_id=conversation_id, text=company.TEXT)
    yield _event(reply, reply_id)
    delivered = e.DeliveryReported(
        conversation_id=conversation_id, reply_id=reply_id, outcome=DeliveryOutcome.SENT, attempt=1
    )
    yield _event(delivered, f"delivered-{customer}")
    yield _message(customer, 3, reader, language=agent_id)
    closed = e.CloseRequested(agent_id=agent_id, conversation_id=conversation_id)
    yield _event(closed, f"closed-{customer}")


def _message(customer: int, number: int, reader: company.Reader, *, language: str) -> Addressed:
    read = reader.read(company.webhook(customer, number))
    return _event(read.data.model_copy(update={"language": language}), read.event_id)


def _event(data: e.EventData, event_id: str) -> Addressed:
    is_desks = data.type not in e.PARTITION_EVENT_TYPES
    value = encode_event(
        data,
        event_id=event_id,
        source="switchboard/benchmarks",
        time=clock.now(),
        tenant_id=company.TENANT if is_desks else "",
        desk_id=company.DESK if is_desks else "",
    )
    return Addressed(event_id, value)
