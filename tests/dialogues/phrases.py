"""The phrases of a dialogue, and the event that each one is.

A phrase is a pattern with named gaps; the first that fits the whole line is meant.
"""

import re
from collections.abc import Callable

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily, ContactPointId, ParticipantKind, TenantId
from libs.common.contracts.terms import Presence as Presence_
from libs.common.contracts.thread_events import SpamMarked, UnblockRequested
from libs.common.identifiers import contact_point_id_of
from tests.dialogues.cast import Cast
from tests.dialogues.desks import Document
from tests.dialogues.stage import START_MS, TENANT

FAMILIES = {"telegram": AddressFamily.TELEGRAM, "email": AddressFamily.EMAIL}
PHONES = ("phone", "whatsapp", "sms")
Said = dict[str, str]
EventOf = Callable[[Cast, Said], e.EventData]


def event_of(cast: Cast, line: str, changes: Document) -> e.EventData:
    """The event that the line tells. Raises ValueError for a phrase that nobody knows."""
    if line == "the desk changes":
        cast.change_desk(changes)
        return e.DeskConfigured(configuration=DeskConfiguration.model_validate(cast.desk))
    for pattern, build in PHRASES:
        found = pattern.fullmatch(line)
        if found is not None:
            said = {name: value for name, value in found.groupdict().items() if value is not None}
            return build(cast, said)
    raise ValueError(f"nobody knows this phrase: {line}")


def contact_point_of(cast: Cast, customer: str, channel: str) -> ContactPointId:
    """The customer's address of the channel's family."""
    family = _family(channel)
    found = contact_point_id_of(TenantId(TENANT), family, customer)
    cast.book.names[found] = f"{customer} on {channel}"
    return found


def _family(channel: str) -> AddressFamily:
    if channel in PHONES:
        return AddressFamily.PHONE
    return FAMILIES.get(channel, AddressFamily.WEB)


def _writes(cast: Cast, said: Said) -> e.EventData:
    channel = said.get("channel", "phone" if said["verb"] == "calls" else "web_chat")
    customer = said["customer"]
    labels = {name: value for name, value in said.items() if name in ("topic", "segment")}
    if "label" in said:
        name, _, value = said["label"].partition("=")
        labels[name] = value
    cast.messages += 1
    return e.MessageReceived(
        reply_to=ReplyAddress(
            channel=channel,
            endpoint_id=said.get("endpoint", "site"),
            contact_point_id=contact_point_of(cast, customer, channel),
            family=_family(channel),
            address=customer,
        ),
        provider_message_id=f"{customer}-{cast.messages}",
        content=Content(text="Hello?"),
        language=said.get("language"),
        labels=labels,
    )


def _hangs_up(cast: Cast, said: Said) -> e.EventData:
    point = contact_point_of(cast, said["customer"], said.get("channel", "phone"))
    return e.ContactEnded(contact_point_id=point)


def _links(cast: Cast, said: Said) -> e.EventData:
    points = (
        contact_point_of(cast, said["customer"], said["channel"]),
        contact_point_of(cast, said["other"], said["other_channel"]),
    )
    if said["number"] == "one customer":
        return e.ContactPointsLinked(contact_point_ids=points)
    return e.ContactPointsUnlinked(contact_point_ids=points)


def _connects(cast: Cast, said: Said) -> e.EventData:
    agent_id = said["agent"]
    connection = said.get("connection") or cast.next_connection(agent_id)
    return e.AgentConnected(
        agent_id=agent_id,
        connection_id=connection,
        replica_id=said.get("replica", "notifier-0"),
    )


def _disconnects(cast: Cast, said: Said) -> e.EventData:
    agent_id = said["agent"]
    connection = said.get("connection") or cast.connections[agent_id]
    return e.AgentDisconnected(agent_id=agent_id, connection_id=connection)


def _answers(cast: Cast, said: Said) -> e.EventData:
    asked = said.get("asked", said["agent"])
    reservation_id = cast.offer(asked, said.get("customer"))
    kind = e.ReservationAccepted if said["verb"] == "accepts" else e.ReservationRejected
    return kind(agent_id=said["agent"], reservation_id=reservation_id)


def _transfers(cast: Cast, said: Said) -> e.EventData:
    return e.TransferRequested(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        queue_id=said.get("queue"),
        to_agent_id=said.get("other"),
        note=said.get("note", ""),
    )


def _invites(cast: Cast, said: Said) -> e.EventData:
    return e.ParticipantInvited(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        participant_id=said.get("other", said["agent"]),
        kind=ParticipantKind(said["kind"]),
    )


def _merges(cast: Cast, said: Said) -> e.EventData:
    return e.MergeRequested(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        with_conversation_id=cast.conversation(said["other"]),
        across_customers="across" in said,
    )


def _splits(cast: Cast, said: Said) -> e.EventData:
    return e.SplitRequested(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        queue_id=said.get("queue"),
        note=said.get("note", ""),
    )


def _marks_spam(cast: Cast, said: Said) -> e.EventData:
    return SpamMarked(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        blocks="blocks" in said,
        block_for_s=int(said["seconds"]) if "seconds" in said else None,
    )


def _unblocks(cast: Cast, said: Said) -> e.EventData:
    point = contact_point_of(cast, said["customer"], said.get("channel", "web_chat"))
    return UnblockRequested(agent_id=said["agent"], contact_point_id=point)


def _wraps_up(cast: Cast, said: Said) -> e.EventData:
    return e.WrapUpFinished(
        agent_id=said["agent"],
        work_item_id=cast.work_item(said["customer"]),
        code=said.get("code"),
    )


def _owner_leaves(cast: Cast, said: Said) -> e.EventData:
    return e.OwnerLeft(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        successor_id=said.get("other"),
    )


def _orders(cast: Cast, said: Said) -> e.EventData:
    return e.CustomerEventRecorded(
        kind="order",
        family=AddressFamily.WEB,
        address=said["customer"],
        contact_point_id=contact_point_of(cast, said["customer"], "web_chat"),
        summary="ordered a lamp",
    )


def _promises(cast: Cast, said: Said) -> e.EventData:
    return e.FollowUpRequested(
        agent_id=said["agent"],
        conversation_id=cast.conversation(said["customer"]),
        due_ms=START_MS + 1_000 * int(said["time"]),
        zone="Europe/Berlin",
    )


def _phrase(text: str, build: EventOf) -> tuple[re.Pattern[str], EventOf]:
    """A pattern: `{gap}` is a word; what stands in `[...]` may be left out."""
    escaped = text.replace("[", "(?:").replace("]", ")?")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[a-z0-9._=-]+)", escaped)), build


PHRASES = (
    _phrase(
        "{customer} (?P<verb>writes|calls)[ over {channel}][ to {endpoint}][ in {language}]"
        "[ about {topic}][ as {segment}][ with {label}]",
        _writes,
    ),
    _phrase("{customer} (?:hangs up|leaves)[ over {channel}]", _hangs_up),
    _phrase(
        "{customer} on {channel} and {other} on {other_channel} are"
        " (?P<number>one customer|two customers)",
        _links,
    ),
    _phrase("an order of {customer} is recorded", _orders),
    _phrase("{agent} connects[ on {replica}][ as {connection}]", _connects),
    _phrase("{agent} disconnects[ as {connection}]", _disconnects),
    _phrase(
        "{agent} is (?P<presence>available|away|offline)",
        lambda _, said: e.AgentPresenceSet(
            agent_id=said["agent"], presence=Presence_(said["presence"])
        ),
    ),
    _phrase(
        "{agent} (?P<verb>accepts|rejects)[ {customer}][ as offered to {asked}]",
        _answers,
    ),
    _phrase(
        "{agent} replies to {customer}",
        lambda cast, said: e.ReplySent(
            agent_id=said["agent"],
            conversation_id=cast.conversation(said["customer"]),
            text="Good day.",
        ),
    ),
    _phrase(
        '{agent} transfers {customer} to (?:the queue {queue}|{other})[ noting "(?P<note>.*)"]',
        _transfers,
    ),
    _phrase(
        "{agent} parks {customer}",
        lambda cast, said: e.ParkRequested(
            agent_id=said["agent"], conversation_id=cast.conversation(said["customer"])
        ),
    ),
    _phrase(
        "{agent} snoozes {customer} until {time} s",
        lambda cast, said: e.SnoozeRequested(
            agent_id=said["agent"],
            conversation_id=cast.conversation(said["customer"]),
            until_ms=START_MS + 1_000 * int(said["time"]),
        ),
    ),
    _phrase("{agent} promises {customer} to be back at {time} s", _promises),
    _phrase(
        "{agent} takes the promise to {customer} back",
        lambda cast, said: e.FollowUpCancelRequested(
            agent_id=said["agent"], conversation_id=cast.conversation(said["customer"])
        ),
    ),
    _phrase(
        r"{agent} closes {customer}[ as read up to number (?P<entry>\d+)]",
        lambda cast, said: e.CloseRequested(
            agent_id=said["agent"],
            conversation_id=cast.conversation(said["customer"]),
            after_sequence=int(said["entry"]) if "entry" in said else None,
        ),
    ),
    _phrase(
        "{agent} marks {customer} as spam[ (?P<blocks>and blocks them)[ for {seconds} s]]",
        _marks_spam,
    ),
    _phrase("{agent} unblocks {customer}[ on {channel}]", _unblocks),
    _phrase("{agent} merges {customer} with {other}[ (?P<across>across customers)]", _merges),
    _phrase('{agent} splits {customer}[ to the queue {queue}][ noting "(?P<note>.*)"]', _splits),
    _phrase("{agent} finishes {customer}[ with code {code}]", _wraps_up),
    _phrase("{agent} invites {other} to {customer} as {kind}", _invites),
    _phrase("{agent} joins {customer} as {kind}", _invites),
    _phrase(
        "{agent} steps out of {customer}",
        lambda cast, said: e.ParticipantLeft(
            agent_id=said["agent"], conversation_id=cast.conversation(said["customer"])
        ),
    ),
    _phrase(
        "{agent} sees to {customer}",
        lambda cast, said: e.EscalationAcknowledged(
            agent_id=said["agent"], conversation_id=cast.conversation(said["customer"])
        ),
    ),
    _phrase("{agent} hands {customer} over to {other}", _owner_leaves),
    _phrase("{agent} gives {customer} up", _owner_leaves),
)
