"""Decisions as sentences: who is asked, who has what, and why. The one place that words them."""

from collections.abc import Callable
from typing import Any

from libs.common.contracts import decisions as d
from tests.dialogues.stage import START_MS, Decided
from tests.dialogues.telling_life import LIFE
from tests.dialogues.telling_promises import PROMISES

# What merely repeats the happening is told only where a story asks for it (`showing:`).
QUIET: dict[type[d.Decision], str] = {
    d.QueueMeasured: "measures",
    d.ConversationOpened: "conversations",
    d.ConversationClosed: "conversations",
    d.ReplicaSeen: "agents",
    d.RematchEnded: "rematches",
}
CHOSEN_FOR = {
    "last_agent": "as the last agent",
    "transfer": "as the one asked for",
    "capacity": "as the one kept for it",
    "agent": "as the agent who is free",
}


class Book:
    """Who is meant by which id."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, some_id: str | None) -> str:
        """The name that the story uses, or the id itself."""
        return self.names.get(some_id or "", some_id or "")

    def learn(self, decision: d.AnyDecision) -> None:
        """Conversations and items are called after their customer."""
        if isinstance(decision, d.ConversationOpened):
            customer, _, _ = self.name(decision.contact_point_id).partition(" ")
            self.names[decision.conversation_id] = customer
        elif isinstance(decision, d.ConversationSplit):
            self.names[decision.conversation_id] = f"{self.name(decision.from_conversation_id)}-2"
        elif isinstance(decision, d.WorkItemQueued):
            self.names[decision.work_item_id] = self.name(decision.conversation_id)
        elif isinstance(decision, d.ReservationOpened):
            self.names[decision.reservation_id] = self.name(decision.work_item_id)


def tell(book: Book, decided: Decided, *, showing: tuple[str, ...]) -> str | None:
    """The decision as a sentence; None for what the story does not ask for."""
    decision = decided.decision
    book.learn(decision)
    kind = QUIET.get(type(decision)) or _quiet_kind(decision)
    if kind is not None and kind not in showing:
        return None
    sentence = SENTENCES.get(type(decision))
    if sentence is not None:
        return sentence(book, decided.now_ms, decision)
    who = book.name(getattr(decision, "work_item_id", None) or _thread(decision))
    return TEMPLATES[type(decision)](who, decision)


def _quiet_kind(decision: d.AnyDecision) -> str | None:
    """Echoes of the happening itself."""
    if isinstance(decision, d.MessageFiled) and decision.sequence == 1:
        return "conversations"
    if isinstance(decision, d.AgentPresenceChanged) and decision.cause == "agent":
        return "agents"
    is_own = isinstance(decision, d.AgentConnectionChanged) and decision.cause != "replica_silent"
    return "agents" if is_own else None


def seconds(milliseconds: int) -> str:
    """Milliseconds as seconds, fractions only where there are some."""
    return f"{milliseconds / 1_000:g} s"


def _levels(skills: dict[str, int]) -> str:
    return ", ".join(f"{skill} {level}" for skill, level in sorted(skills.items()))


def _queued(book: Book, now_ms: int, queued: d.WorkItemQueued) -> str:
    why = [queued.reason.value]
    if queued.reason == "arrived" and queued.rule_id != "default":
        why.append(f"by rule {queued.rule_id}")
    why += _way(queued.requires, queued.prefers, queued.also_queues, ())
    if queued.strict_class != 5:
        why.append(f"class {queued.strict_class}")
    if now_ms != queued.virtual_time_ms:
        why.append(f"counts as waiting {seconds(now_ms - queued.virtual_time_ms)}")
    if queued.note:
        why.append(f'note "{queued.note}"')
    return f"{book.name(queued.work_item_id)} stands in {queued.queue_id} ({'; '.join(why)})"


def _way(
    requires: dict[str, int],
    prefers: dict[str, int],
    also_queues: tuple[str, ...],
    also_groups: tuple[str, ...],
) -> list[str]:
    words = [f"needs {_levels(requires)}"] if requires else []
    words += [f"prefers {_levels(prefers)}"] if prefers else []
    words += [f"also for {', '.join(also_queues)}"] if also_queues else []
    return words + ([f"also for group {', '.join(also_groups)}"] if also_groups else [])


def _offered(book: Book, now_ms: int, opened: d.ReservationOpened) -> str:
    why = opened.why
    reason = CHOSEN_FOR.get(why.chosen_for) or f"as {_score(why, now_ms)}"
    parts = [f"{book.name(opened.work_item_id)} is offered to {opened.agent_id} {reason}"]
    if why.runners_up:
        others = (
            f"{one.agent_id} ({_measure(why.policy, one.score, now_ms - one.idle_since_ms)})"
            for one in why.runners_up
        )
        parts.append(f"then {', '.join(others)}")
    if why.passed_over:
        counts = (f"{count} {reason}" for reason, count in sorted(why.passed_over.items()))
        parts.append(f"not {', '.join(counts)}")
    if why.step:
        parts.append(f"at step {why.step}")
    if opened.credits:
        balances = (f"{queue} {units:+d}" for queue, units in sorted(opened.credits.items()))
        parts.append(f"balances {', '.join(balances)}")
    return "; ".join(parts)


def _score(why: d.Why, now_ms: int) -> str:
    measure = _measure(why.policy, why.score, now_ms - why.idle_since_ms)
    return f"{why.policy.replace('_', ' ')} ({measure})"


def _measure(policy: str, score: int, idle_ms: int) -> str:
    """What the policy compared."""
    compared = {
        "least_occupied": f"{score / 10:g} %",
        "most_proficient": f"level {-score}",
        "round_robin": f"place {score + 1}",
    }
    return compared.get(policy, f"idle {seconds(idle_ms)}")


def _relaxed(book: Book, now_ms: int, relaxed: d.WorkItemRelaxed) -> str:
    words = _way(relaxed.requires, relaxed.prefers, relaxed.also_queues, relaxed.also_groups)
    words += ["for anyone"] if relaxed.is_for_anyone else []
    words += [f"class {relaxed.strict_class}"] if relaxed.strict_class != 5 else []
    words.append(f"counts as waiting {seconds(now_ms - relaxed.virtual_time_ms)}")
    who = book.name(relaxed.work_item_id)
    return f"step {relaxed.step} for {who} in {relaxed.queue_id} ({'; '.join(words)})"


def _held_open(book: Book, _: int, hold: d.HoldOpened) -> str:
    who = book.name(hold.work_item_id)
    if hold.kind == "capacity":
        return f"{hold.agent_id} is kept for {who} until it fits"
    until = seconds((hold.until_ms or 0) - START_MS)
    return f"{who} is kept for {hold.agent_id} until {until} ({hold.kind.value})"


def _held_end(book: Book, _: int, hold: d.HoldEnded) -> str:
    who = book.name(hold.work_item_id)
    pair = (hold.agent_id, who) if hold.kind == "capacity" else (who, hold.agent_id)
    return f"{pair[0]} is no longer kept for {pair[1]} ({hold.cause})"


def _refused(book: Book, _: int, refused: d.EventRefused) -> str:
    subject = refused.detail or book.name(refused.subject_id)
    return f"refused: {refused.reason.value}" + (f" ({subject})" if subject else "")


def _measured(_: Book, now_ms: int, measured: d.QueueMeasured) -> str:
    places = (f"place {n} waits {seconds(now_ms - since)}" for n, _, since in measured.places)
    pace = f"{measured.served} served in {measured.served_over_s} s"
    return "; ".join([f"{measured.queue_id}: {measured.waiting} waiting", *places, pace])


def _filed(book: Book, _: int, filed: d.MessageFiled) -> str:
    owner = f", for {filed.owner_id}" if filed.owner_id else ""
    who = book.name(filed.conversation_id)
    return f"filed as number {filed.sequence} in {who}'s conversation{owner}"


def _replied(book: Book, _: int, filed: d.ReplyFiled) -> str:
    who = book.name(filed.conversation_id)
    if not filed.agent_id:
        return f"{who} reads, as number {filed.sequence}: {filed.content.text}"
    return f"filed as number {filed.sequence}, goes to {who} over {filed.reply_to.channel}"


def _overflow(_: Book, __: int, one: d.OverflowBegan | d.OverflowEnded) -> str:
    estimate = "" if one.estimated_wait_s is None else f", {one.estimated_wait_s} s to wait"
    length = f"({one.waiting} waiting{estimate})"
    if isinstance(one, d.OverflowBegan):
        return f"{one.queue_id} overflows to {one.to_queue_id} {length}"
    return f"{one.queue_id} overflows no more {length}"


SENTENCES: dict[type[d.Decision], Callable[[Book, int, Any], str]] = {
    d.WorkItemQueued: _queued,
    d.ReservationOpened: _offered,
    d.WorkItemRelaxed: _relaxed,
    d.HoldOpened: _held_open,
    d.HoldEnded: _held_end,
    d.EventRefused: _refused,
    d.QueueMeasured: _measured,
    d.MessageFiled: _filed,
    d.ReplyFiled: _replied,
    d.OverflowBegan: _overflow,
    d.OverflowEnded: _overflow,
    d.LastAgentForgotten: lambda book, _, one: (
        f"who served {book.name(one.contact_point_id)} last is forgotten"
    ),
    d.ConversationOpened: lambda book, _, one: (
        f"a conversation with {book.name(one.contact_point_id)} opens"
    ),
    d.ConversationReopened: lambda book, _, one: (
        f"the conversation with {book.name(one.conversation_id)} goes on after number"
        f" {one.sequence}"
    ),
    d.ReopeningEnded: lambda book, _, one: (
        f"the conversation with {book.name(one.conversation_id)} can go on no more"
    ),
    d.ConversationClosed: lambda book, _, one: (
        f"the conversation with {book.name(one.conversation_id)} is closed"
    ),
    d.BlockedMessageFiled: lambda book, _, one: (
        f"what {book.name(one.contact_point_id)} wrote is filed and opens no work"
    ),
    d.ContactPointBlocked: lambda book, _, one: f"{book.name(one.contact_point_id)} is blocked",
    d.ContactPointUnblocked: lambda book, _, one: (
        f"{book.name(one.contact_point_id)} is blocked no longer ({one.cause})"
    ),
    d.ConversationsMerged: lambda book, _, one: (
        f"{book.name(one.merged_conversation_id)}'s conversation goes on in"
        f" {book.name(one.conversation_id)}'s"
    ),
    d.ConversationSplit: lambda book, _, one: (
        f"{book.name(one.conversation_id)} is split from"
        f" {book.name(one.from_conversation_id)} after number {one.from_sequence}"
    ),
    d.LinkAdded: lambda book, _, one: f"{_pair(book, one)} are one customer",
    d.LinkRemoved: lambda book, _, one: f"{_pair(book, one)} are two customers",
}


def _thread(decision: d.AnyDecision) -> str | None:
    return getattr(decision, "conversation_id", None)


def _pair(book: Book, link: d.LinkAdded | d.LinkRemoved) -> str:
    return " and ".join(book.name(one) for one in link.contact_point_ids)


TEMPLATES: dict[type[d.Decision], Callable[[str, Any], str]] = {
    d.ReservationEnded: lambda who, one: (
        f"{one.agent_id} is asked for {who} no longer ({one.outcome.value})"
    ),
    d.WorkItemAssigned: lambda who, one: f"{one.agent_id} has {who}, who waited {_waited(one)}",
    d.RefusalsForgotten: lambda who, one: (
        f"{', '.join(one.agent_ids)} may be asked for {who} again"
    ),
    d.WorkItemPromoted: lambda who, one: (
        f"{who} is promoted to {'the best rank in ' * one.has_best_rank}class {one.strict_class}"
    ),
    d.WorkItemPassedOver: lambda who, one: f"{who} was passed over for {_waited(one)}",
    d.WaitNoticeSent: lambda who, one: (
        f"{who} is told of place {one.position} in {one.queue_id} (notice {one.number})"
    ),
    d.WaitNoticePutOff: lambda who, one: (
        f"{who} is told nothing of a place in {one.queue_id} now ({one.cause})"
    ),
    d.WorkItemParked: lambda who, one: (
        f"{one.agent_id} waits for {who}, which costs {one.held_weight} units"
    ),
    d.WorkItemHeld: lambda who, one: (
        f"{who} is kept for the owner {one.agent_id} until {seconds(one.until_ms - START_MS)}"
    ),
    d.WorkItemResumed: lambda who, one: f"{one.agent_id} goes on with {who}",
    d.WorkItemWrappingUp: lambda who, one: (
        f"{one.agent_id} wraps up {who} until {seconds(one.until_ms - START_MS)}"
    ),
    d.WorkItemCompleted: lambda who, one: (
        f"{one.agent_id} is done with {who}" + (f" ({one.code})" if one.code else "")
    ),
    d.WorkItemCanceled: lambda who, one: f"{who} is gone ({one.cause} after {_waited(one)})",
    d.ParticipantJoined: lambda who, one: (
        f"{one.agent_id} joins {who} as {one.kind.value}, which costs {one.weight} units"
    ),
    d.ParticipantRemoved: lambda who, one: (
        f"{one.agent_id} takes part in {who} no longer ({one.cause})"
    ),
    d.OwnerChanged: lambda who, one: f"{one.agent_id} has {who} instead of {one.from_agent_id}",
    d.AgentPresenceChanged: lambda _, one: (
        f"{one.agent_id} counts as {one.presence.value} ({one.cause})"
    ),
    d.AgentConnectionChanged: lambda _, one: (
        f"{one.agent_id} is {'connected' if one.connection_id else 'unreachable'} ({one.cause})"
    ),
    d.AgentShiftChanged: lambda _, one: f"{one.agent_id}'s shift: {one.phase.value}",
    d.QueueHoursChanged: lambda _, one: f"{one.queue_id} {'opens' if one.is_open else 'closes'}",
    d.TakeBackEnded: lambda _, one: f"nothing more is taken back from {one.agent_id}",
    d.ReplicaSeen: lambda _, one: f"{one.replica_id} lives",
    d.ReplicaLost: lambda _, one: f"{one.replica_id} is lost",
    d.ConfigurationApplied: lambda _, one: f"version {one.version} is in force",
    d.RematchEnded: lambda _, __: "all open work was looked at again",
    d.DeliveryFiled: lambda _, one: f"reply {one.outcome.value}",
    **PROMISES,
    **LIFE,
}


def _waited(one: Any) -> str:  # noqa: ANN401 - whichever decision says how long
    return seconds(one.waited_ms)
