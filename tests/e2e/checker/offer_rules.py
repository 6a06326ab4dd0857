"""Rules about offers: who is asked, how many at once, and that each reservation ends once."""

from libs.common.contracts import decisions as d
from libs.common.contracts.terms import HoldKind
from tests.e2e.checker.history import PlacedDecision
from tests.e2e.checker.seen import (
    Replays,
    Seen,
    apart_from_exclusive,
    same_desk,
    within_capacity,
)
from tests.e2e.checker.work_books import Books, Item


def _opened(books: Books, _: PlacedDecision, opened: d.ReservationOpened) -> Seen:
    item = books.items.get(opened.work_item_id)
    if opened.reservation_id in books.reservations:
        yield "a reservation opens once", opened.reservation_id
    books.reservations[opened.reservation_id] = "pending"
    if item is None or item.state not in ("queued", "reserved"):
        state = item.state if item else "not there"
        yield "only queued work is offered", f"{opened.work_item_id} is {state}"
        return
    yield from same_desk(item, opened)
    yield from _may_be_asked(books, item, opened.agent_id)
    item.offers[opened.reservation_id] = opened.agent_id
    item.state, item.kept_for = "reserved", None
    books.hold(item, opened.agent_id, item.weight)
    yield from within_capacity(books, item, opened.agent_id)
    yield from apart_from_exclusive(books, item, opened.agent_id)


def _may_be_asked(books: Books, item: Item, agent_id: str) -> Seen:
    at_most = books.asked_at_once(item.desk, item.queue_id)
    if len(item.offers) >= at_most:
        yield "no more are asked than the queue says", f"{item.conversation_id}: above {at_most}"
    if agent_id in item.offers.values():
        yield "nobody is asked twice at once", f"{item.conversation_id}: {agent_id}"
    if item.kept_for not in (None, agent_id):
        yield "kept work is for whom it is kept", f"{item.kept_for}, not {agent_id}"
    kept_for = books.kept.get((*item.desk, agent_id))
    if kept_for is not None and books.items.get(kept_for) is not item:
        yield "a kept agent gets nothing else", f"{agent_id} is kept for {kept_for}"


def _ended(books: Books, _: PlacedDecision, ended: d.ReservationEnded) -> Seen:
    item = books.items.get(ended.work_item_id)
    yield from _end_reservation(books, ended.reservation_id, ended.outcome)
    if item is None or item.offers.pop(ended.reservation_id, None) is None:
        return
    yield from same_desk(item, ended)
    books.hold(item, ended.agent_id, 0)
    if not item.offers:
        item.state = "released"


def _assigned(books: Books, _: PlacedDecision, assigned: d.WorkItemAssigned) -> Seen:
    item = books.items.get(assigned.work_item_id)
    yield from _end_reservation(books, assigned.reservation_id, "accepted")
    owners = books.owner_of(assigned.conversation_id)
    if owners:
        yield "one owner at most", f"{assigned.conversation_id}: {owners}, now {assigned.agent_id}"
    mine = item.offers.pop(assigned.reservation_id, None) if item is not None else None
    if item is None or item.state != "reserved" or mine != assigned.agent_id:
        seen = f"{assigned.work_item_id} is {item.state if item else 'not there'}"
        yield "only an open offer is accepted", seen
    if item is None:
        return
    for other, agent_id in item.offers.items():
        yield "the first acceptance ends the others", f"{other} of {agent_id} is still open"
    item.state, item.agent_id, item.offers = "assigned", assigned.agent_id, {}
    books.release(item)
    books.hold(item, assigned.agent_id, item.weight)


def _end_reservation(books: Books, reservation_id: str, outcome: str) -> Seen:
    before = books.reservations.get(reservation_id)
    if before != "pending":
        yield "a reservation ends once", f"{reservation_id}: {before}, then {outcome}"
    books.reservations[reservation_id] = outcome


def _hold_opened(books: Books, _: PlacedDecision, opened: d.HoldOpened) -> Seen:
    item = books.items.get(opened.work_item_id)
    if item is None or item.state != "queued":
        yield "only queued work is kept", f"{opened.work_item_id} for {opened.agent_id}"
        return
    yield from same_desk(item, opened)
    key = (*item.desk, opened.agent_id)
    if opened.kind is not HoldKind.CAPACITY:
        if item.kept_for is not None:
            yield "work is kept for one agent", f"{opened.work_item_id}: {item.kept_for}"
        item.kept_for = opened.agent_id
    elif key in books.kept or opened.work_item_id in books.kept.values():
        yield "an agent is kept for one item", f"{opened.agent_id}, {opened.work_item_id}"
    else:
        books.kept[key] = opened.work_item_id


def _hold_ended(books: Books, _: PlacedDecision, ended: d.HoldEnded) -> Seen:
    item = books.items.get(ended.work_item_id)
    key = (ended.tenant_id, ended.desk_id, ended.agent_id)
    if ended.kind is HoldKind.CAPACITY:
        is_open = books.kept.get(key) == ended.work_item_id
        books.kept.pop(key, None)
    else:
        is_open = item is not None and item.kept_for == ended.agent_id
        if item is not None:
            item.kept_for = None
    if not is_open:
        yield "a hold ends once", f"{ended.work_item_id} and {ended.agent_id}: {ended.kind}"


OFFER_REPLAYS: Replays = {
    d.ReservationOpened: _opened,
    d.ReservationEnded: _ended,
    d.WorkItemAssigned: _assigned,
    d.HoldOpened: _hold_opened,
    d.HoldEnded: _hold_ended,
}
