"""What a batch's changes promise when several concern the same thing."""

import pytest

from libs.common.contracts.terms import DeliveryOutcome
from services.history.core.changes import (
    DeliveryChange,
    Entry,
    LinkChange,
    Origin,
    Writes,
    delivery_of,
)
from tests.unit.services.history.builders import closed, opened

SENT, FAILED, DELIVERED = DeliveryOutcome.SENT, DeliveryOutcome.FAILED, DeliveryOutcome.DELIVERED


def entry(entry_id: str = "message/rep-1", kind: str = "reply") -> Entry:
    """An entry of Ann's."""
    return Entry(
        entry_id=entry_id,
        position="p",
        tenant_id="acme",
        desk_id="support",
        origin=Origin.ROUTING,
        kind=kind,
        appended_ms=1,
    )


def delivered(outcome: DeliveryOutcome, attempt: int) -> DeliveryChange:
    """What became of one attempt at the reply."""
    return DeliveryChange(
        tenant_id="acme",
        entry_id="message/rep-1",
        delivery=delivery_of(outcome, attempt=attempt, detail=""),
    )


def test_first_of_two_entries_with_one_id_stands() -> None:
    """A sender's repeat inside one batch changes nothing."""
    writes = Writes()

    writes.add_entry(entry(kind="reply"))
    writes.add_entry(entry(kind="other"))

    assert [kept.kind for kept in writes.entries.values()] == ["reply"]


def test_same_id_in_another_tenant_is_another_entry() -> None:
    """Tenants share no ids."""
    writes = Writes()

    writes.add_entry(entry())
    writes.add_entry(entry()._replace(tenant_id="globex"))

    assert len(writes.entries) == 2


def test_changes_of_a_conversation_become_one() -> None:
    """Later fields win, earlier ones stay, and a new conversation stays new."""
    writes = Writes()

    writes.change_conversation(opened(), {"state": "open", "queue_id": "a"}, is_new=True)
    writes.change_conversation(closed(), {"state": "closed"})

    (kept,) = writes.conversations.values()
    assert kept.is_new
    assert kept.fields == {"state": "closed", "queue_id": "a"}


def test_last_change_of_a_link_stands() -> None:
    """Linked and un-linked in one batch is un-linked."""
    writes = Writes()
    link = LinkChange("acme", "support", ("ctp_a", "ctp_b"), is_active=True, since_ms=1)

    writes.set_link(link)
    writes.set_link(link._replace(is_active=False, since_ms=2))

    assert [kept.is_active for kept in writes.links.values()] == [False]


def test_delivery_of_a_reply_of_the_same_batch_goes_into_its_entry() -> None:
    """No second write is needed for it."""
    writes = Writes()

    writes.add_entry(entry())
    writes.add_delivery(delivered(SENT, 1))

    (kept,) = writes.entries.values()
    assert kept.delivery is not None
    assert kept.delivery.outcome is SENT
    assert not writes.deliveries


@pytest.mark.parametrize("with_entry", [True, False])
@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(SENT, 1), (FAILED, 1)], FAILED),
        ([(FAILED, 1), (SENT, 2)], SENT),
        ([(SENT, 2), (FAILED, 1)], SENT),
        ([(DELIVERED, 1), (SENT, 1)], DELIVERED),
        ([(DELIVERED, 1), (FAILED, 2)], DELIVERED),
    ],
)
def test_delivery_status_never_goes_back(
    steps: list[tuple[DeliveryOutcome, int]], expected: DeliveryOutcome, *, with_entry: bool
) -> None:
    """Later attempts outrank earlier ones and delivered outranks all, in whatever order."""
    writes = Writes()
    if with_entry:
        writes.add_entry(entry())

    for outcome, attempt in steps:
        writes.add_delivery(delivered(outcome, attempt))

    kept = [e.delivery for e in writes.entries.values()] or [
        change.delivery for change in writes.deliveries.values()
    ]
    assert [delivery.outcome for delivery in kept if delivery] == [expected]
