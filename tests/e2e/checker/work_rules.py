"""Rules about work: how it waits and ends, and that capacity adds up; with those about offers and
owners, one replay of all decisions.
"""

from collections.abc import Iterator

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason, Trouble
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History, PlacedDecision
from tests.e2e.checker.offer_rules import OFFER_REPLAYS
from tests.e2e.checker.owner_rules import OWNER_REPLAYS
from tests.e2e.checker.seen import Replays, Seen, same_desk
from tests.e2e.checker.work_books import Books, Item


def work_adds_up(history: History) -> Iterator[Finding]:
    """Replays all work and tells each contradiction."""
    books = Books()
    for placed in history.decisions:
        replay = _REPLAYS.get(type(placed.decision))
        if replay is not None:
            for rule, seen in replay(books, placed, placed.decision):
                yield Finding(rule=rule, subject=placed.place, seen=seen)
    yield from _what_is_left(books)


def _what_is_left(books: Books) -> Iterator[Finding]:
    """At the end every load is what the open items hold, and who is kept is kept for what waits."""
    for key, load in books.loads.items():
        held = sum(
            item.held.get(key[2], 0) for item in books.items.values() if item.desk == key[:2]
        )
        if load != held:
            seen = f"load {load}, its open items hold {held}"
            yield Finding(rule="capacity does not leak", subject="/".join(key), seen=seen)
    for key, work_item_id in books.kept.items():
        item = books.items.get(work_item_id)
        if item is None or item.state != "queued":
            rule = "a hold ends with its item"
            yield Finding(rule=rule, subject="/".join(key), seen=work_item_id)


def _configured(books: Books, _: PlacedDecision, applied: d.ConfigurationApplied) -> Seen:
    books.configurations[applied.tenant_id, applied.desk_id] = applied.configuration
    yield from ()


def _queued(books: Books, _: PlacedDecision, queued: d.WorkItemQueued) -> Seen:
    item = books.items.get(queued.work_item_id)
    if queued.work_item_id in books.ended:
        yield "nothing goes on after its end", queued.work_item_id
    if item is None:
        if queued.reason is not QueueingReason.ARRIVED:
            yield "an item arrives first", f"{queued.work_item_id}: {queued.reason}"
        books.items[queued.work_item_id] = _arrived(queued)
        return
    yield from same_desk(item, queued)
    if queued.reason is QueueingReason.ARRIVED:
        yield "an item arrives once", queued.work_item_id
    for reservation_id in item.offers:
        yield "a reservation ends once", f"{reservation_id} is open, its item is queued"
    if item.participants:
        yield "all leave at the end", f"{queued.work_item_id}: {sorted(item.participants)}"
    if queued.queue_id != item.queue_id or queued.reason is QueueingReason.TRANSFERRED:
        item.step = 0
    books.release(item)
    item.state, item.queue_id, item.agent_id = "queued", queued.queue_id, None
    item.strict_class, item.virtual_time_ms = queued.strict_class, queued.virtual_time_ms
    item.offers, item.participants = {}, {}


def _arrived(queued: d.WorkItemQueued) -> Item:
    return Item(
        desk=(queued.tenant_id, queued.desk_id),
        conversation_id=queued.conversation_id,
        queue_id=queued.queue_id,
        weight=queued.weight,
        channel=queued.channel,
        strict_class=queued.strict_class,
        virtual_time_ms=queued.virtual_time_ms,
    )


def _relaxed(books: Books, _: PlacedDecision, relaxed: d.WorkItemRelaxed) -> Seen:
    item = books.items.get(relaxed.work_item_id)
    if item is None or item.state != "queued":
        yield "only waiting work is relaxed", relaxed.work_item_id
        return
    yield from same_desk(item, relaxed)
    if relaxed.step != item.step + 1:
        yield "steps apply once and in order", f"{relaxed.step} after {item.step}"
    is_raised = relaxed.strict_class <= item.strict_class
    if not is_raised or relaxed.virtual_time_ms > item.virtual_time_ms:
        yield "waiting never costs priority", f"{relaxed.work_item_id}: step {relaxed.step}"
    item.step, item.queue_id = relaxed.step, relaxed.queue_id
    item.strict_class, item.virtual_time_ms = relaxed.strict_class, relaxed.virtual_time_ms


def _promoted(books: Books, _: PlacedDecision, promoted: d.WorkItemPromoted) -> Seen:
    item = books.items.get(promoted.work_item_id)
    if item is None or item.state != "queued":
        yield "only waiting work is relaxed", promoted.work_item_id
        return
    if promoted.strict_class > item.strict_class:
        yield "waiting never costs priority", f"{promoted.work_item_id}: promoted"
    item.strict_class = promoted.strict_class


def _canceled(books: Books, _: PlacedDecision, canceled: d.WorkItemCanceled) -> Seen:
    item = books.items.pop(canceled.work_item_id, None)
    if item is None or item.state not in ("queued", "reserved", "released"):
        state = item.state if item else "not there"
        yield "only waiting work is canceled", f"{canceled.work_item_id} is {state}"
    books.ended.add(canceled.work_item_id)
    books.canceled.add(canceled.conversation_id)
    if item is None:
        return
    yield from same_desk(item, canceled)
    for reservation_id in item.offers:
        yield "a reservation ends once", f"{reservation_id} is open, its item is canceled"
    books.release(item)


def _escalated(books: Books, placed: PlacedDecision, fired: d.EscalationFired) -> Seen:
    item = books.items.get(fired.work_item_id)
    is_of_wait = fired.trouble is Trouble.WAITING
    if item is None or (is_of_wait and item.state not in ("queued", "reserved")):
        yield "only waiting work escalates", fired.work_item_id
        return
    yield from same_desk(item, fired)
    # A level of a policy fires once for each trouble and repeat, whatever queue the item is in.
    once = (
        f"{fired.terms_id}/{fired.repeat}/{fired.since_ms}" if fired.policy_id else fired.queue_id
    )
    if (once, fired.level) in item.escalated:
        yield "an escalation fires once", f"{fired.work_item_id}: level {fired.level}"
    item.escalated.add((once, fired.level))
    if fired.due_ms > placed.record.now_ms:
        yield "no escalation before it is due", f"{fired.work_item_id}: due {fired.due_ms}"


_REPLAYS: Replays = {
    d.ConfigurationApplied: _configured,
    d.WorkItemQueued: _queued,
    d.WorkItemRelaxed: _relaxed,
    d.WorkItemPromoted: _promoted,
    d.WorkItemCanceled: _canceled,
    d.EscalationFired: _escalated,
    **OFFER_REPLAYS,
    **OWNER_REPLAYS,
}
