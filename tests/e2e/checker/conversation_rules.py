"""Rules about conversations: sequences without gaps, one open per contact point, nothing after an
end, and only the owner answers or closes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from libs.common.contracts.decisions import (
    ConversationClosed,
    ConversationOpened,
    ConversationReopened,
    LinkAdded,
    LinkRemoved,
    MessageFiled,
    ReplyFiled,
)
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History, PlacedDecision

DeskKey = tuple[str, str]


@dataclass(slots=True)
class _Thread:
    desk: DeskKey
    contact_point_id: str
    sequence: int = 0
    is_open: bool = True


@dataclass(slots=True)
class _Threads:
    """All conversations, the open one of each contact point, and the links between these."""

    known: dict[str, _Thread] = field(default_factory=dict)
    open_at: dict[tuple[DeskKey, str], str] = field(default_factory=dict)
    links: set[tuple[DeskKey, frozenset[str]]] = field(default_factory=set)

    def are_linked(self, desk: DeskKey, one: str, other: str) -> bool:
        """Whether links lead from one contact point to the other on this desk."""
        reached, fresh = {one}, {one}
        while fresh:
            fresh = {
                there
                for where, pair in self.links
                if where == desk and pair & fresh
                for there in pair - reached
            }
            reached |= fresh
        return other in reached


def conversations_are_threads(history: History) -> Iterator[Finding]:
    """Replays all conversations and tells each contradiction."""
    threads = _Threads()
    for placed in history.decisions:
        decision = placed.decision
        desk = (decision.tenant_id, decision.desk_id)
        match decision:
            case ConversationOpened():
                yield from _open(threads, placed, decision)
            case ConversationReopened():
                yield from _reopen(threads, placed, decision)
            case MessageFiled():
                yield from _file(threads, placed, decision)
                yield from _belongs(threads, placed, decision)
            case ReplyFiled():
                yield from _file(threads, placed, decision)
            case ConversationClosed():
                yield from _close(threads, placed, decision)
            case LinkAdded() | LinkRemoved():
                change = (
                    threads.links.add if isinstance(decision, LinkAdded) else threads.links.discard
                )
                change((desk, frozenset(decision.contact_point_ids)))
            case _:
                pass


def _open(
    threads: _Threads, placed: PlacedDecision, opened: ConversationOpened
) -> Iterator[Finding]:
    desk = (opened.tenant_id, opened.desk_id)
    if opened.conversation_id in threads.known:
        yield _finding("a conversation opens once", placed, opened.conversation_id)
    if (desk, opened.contact_point_id) in threads.open_at:
        other = threads.open_at[desk, opened.contact_point_id]
        yield _finding("one open conversation per contact point", placed, f"{other} is open")
    threads.known[opened.conversation_id] = _Thread(desk, opened.contact_point_id)
    threads.open_at[desk, opened.contact_point_id] = opened.conversation_id


def _reopen(
    threads: _Threads, placed: PlacedDecision, reopened: ConversationReopened
) -> Iterator[Finding]:
    thread = threads.known.get(reopened.conversation_id)
    if thread is None or thread.is_open or thread.sequence != reopened.sequence:
        yield _finding("only a closed conversation is reopened", placed, reopened.conversation_id)
        return
    here = (thread.desk, thread.contact_point_id)
    if here in threads.open_at:
        other = threads.open_at[here]
        yield _finding("one open conversation per contact point", placed, f"{other} is open")
    thread.is_open = True
    threads.open_at[here] = reopened.conversation_id


def _file(
    threads: _Threads, placed: PlacedDecision, filed: MessageFiled | ReplyFiled
) -> Iterator[Finding]:
    thread = threads.known.get(filed.conversation_id)
    if thread is None or not thread.is_open:
        yield _finding("only open conversations go on", placed, filed.conversation_id)
        return
    if filed.sequence != thread.sequence + 1:
        seen = f"{filed.conversation_id}: {filed.sequence} after {thread.sequence}"
        yield _finding("sequences have no gaps", placed, seen)
    thread.sequence = max(thread.sequence, filed.sequence)
    if thread.desk != (filed.tenant_id, filed.desk_id):
        yield _finding("tenants don't mix", placed, f"{filed.conversation_id} of {thread.desk}")


def _belongs(threads: _Threads, placed: PlacedDecision, filed: MessageFiled) -> Iterator[Finding]:
    thread = threads.known.get(filed.conversation_id)
    desk, here = (filed.tenant_id, filed.desk_id), filed.reply_to.contact_point_id
    if thread is None:
        return
    if not threads.are_linked(desk, thread.contact_point_id, here):
        yield _finding("messages stay with their customer", placed, filed.conversation_id)
    own = threads.open_at.get((desk, here))
    if own is not None and own != filed.conversation_id:
        yield _finding("one open conversation per contact point", placed, f"{own} is passed over")


def _close(
    threads: _Threads, placed: PlacedDecision, closed: ConversationClosed
) -> Iterator[Finding]:
    thread = threads.known.get(closed.conversation_id)
    if thread is None or not thread.is_open:
        yield _finding("a conversation closes once", placed, closed.conversation_id)
        return
    thread.is_open = False
    threads.open_at.pop((thread.desk, thread.contact_point_id), None)


def _finding(rule: str, placed: PlacedDecision, seen: str) -> Finding:
    return Finding(rule=rule, subject=placed.place, seen=seen)
