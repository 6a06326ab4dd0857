"""What a replay tells (the broken rule, what was seen), and the checks that many of them share."""

from collections.abc import Callable, Iterator

from libs.common.contracts.decisions import Decision
from tests.e2e.checker.work_books import Books, Item

Seen = Iterator[tuple[str, str]]
# Each takes the books, the place of the decision, and a decision of its own type.
Replays = dict[type[Decision], Callable[..., Seen]]


def same_desk(item: Item, decision: Decision) -> Seen:
    """An item stays on its desk."""
    if item.desk != (decision.tenant_id, decision.desk_id):
        yield "tenants don't mix", f"item of {item.desk}, decision of {decision.tenant_id}"


def within_capacity(books: Books, item: Item, agent_id: str) -> Seen:
    """What was just put on the agent fits."""
    load, capacity = books.load_of(item, agent_id), books.capacity_of(item.desk, agent_id)
    if load > capacity:
        yield "no load above capacity", f"{agent_id}: {load} of {capacity}"


def apart_from_exclusive(books: Books, item: Item, agent_id: str) -> Seen:
    """Exclusive work stands beside nothing but what it bears (R18)."""
    mine = books.policy_of(item)
    for other in books.beside(item, agent_id):
        theirs = books.policy_of(other)
        mine_bears = not mine.exclusive or other.channel in mine.compatible_with
        theirs_bears = not theirs.exclusive or item.channel in theirs.compatible_with
        if not (mine_bears and theirs_bears):
            yield "exclusive work stands alone", f"{agent_id}: {item.channel} by {other.channel}"
