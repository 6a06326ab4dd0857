"""What the read side promises over a real MongoDB."""

import asyncio
from itertools import pairwise

import pytest

from libs.common.contracts.decisions import AnyDecision
from libs.common.identifiers import customer_id_of
from libs.common.mongo import Database
from services.history.documents import TIMELINE
from services.history.reads import EntryFilter, HistoryReads, Scope
from tests.integration.services.history.conftest import batch_of, keep, recorder_of
from tests.unit.services.history.builders import (
    ANN,
    ANN_MAIL,
    CONVERSATION,
    assigned,
    linked,
    message,
    opened,
    unlinked,
)
from tests.unit.services.history.logs import customer_record, log_of_decisions, order_event

ACME, GLOBEX = Scope(tenant_id="acme"), Scope(tenant_id="globex")
ANN_HERSELF = [customer_id_of(ANN)]
MESSAGES = 60


def chatter(count: int) -> list[list[AnyDecision]]:
    """A conversation of so many messages."""
    steps: list[list[AnyDecision]] = [[opened(), message(1)]]
    return steps + [[message(n)] for n in range(2, count + 1)]


async def test_links_are_found_from_both_ends_and_forgotten_when_taken_back(
    memory: Database, reads: HistoryReads
) -> None:
    """Nothing that was stored knows of a link."""
    log = log_of_decisions([[linked()], [unlinked()]])

    await keep(memory, log[:2])
    assert set((await reads.linked("acme", ANN)).found) == {ANN, ANN_MAIL}
    assert set((await reads.linked("acme", ANN_MAIL)).found) == {ANN, ANN_MAIL}
    assert (await reads.linked("globex", ANN)).found == (ANN,)

    await keep(memory, log[2:])
    assert (await reads.linked("acme", ANN)).found == (ANN,)


async def test_chain_of_links_is_followed_through_a_cycle(
    memory: Database, reads: HistoryReads
) -> None:
    """Each of them finds all."""
    chain = ["ctp_a", "ctp_b", "ctp_c", "ctp_d", "ctp_a"]
    steps = [[linked(one, other)] for one, other in pairwise(chain)]
    await keep(memory, log_of_decisions(steps))

    for start in chain:
        assert set((await reads.linked("acme", start)).found) == set(chain)


async def test_pages_have_no_gap_and_no_double_while_entries_arrive(
    memory: Database, reads: HistoryReads
) -> None:
    """All that was there when paging began is seen exactly once, newest first."""
    log = log_of_decisions(chatter(MESSAGES * 2))
    recorder = recorder_of(memory)
    await recorder.handle(batch_of(log[: MESSAGES + 1]))
    present = {entry["_id"] async for entry in memory[TIMELINE].find({}, {"_id": 1})}

    async def write_on() -> None:
        for record in log[MESSAGES + 1 :]:
            await recorder.handle(batch_of([record]))

    writing = asyncio.create_task(write_on())
    seen: list[str] = []
    positions: list[str] = []
    before: str | None = None
    while page := await reads.timeline(ACME, ANN_HERSELF, EntryFilter(before=before), limit=7):
        seen += [entry["_id"] for entry in page]
        positions += [entry["position"] for entry in page]
        before = positions[-1]
    await writing

    assert len(seen) == len(set(seen))
    assert present <= set(seen)
    assert positions == sorted(positions, reverse=True)


async def test_transcript_follows_the_sequence(memory: Database, reads: HistoryReads) -> None:
    """Per conversation the order of the log is the order of the transcript."""
    await keep(memory, log_of_decisions([*chatter(30), [assigned()]]))

    sequences: list[int] = []
    after: str | None = None
    while page := await reads.transcript("acme", CONVERSATION, after=after, limit=4):
        sequences += [entry["sequence"] for entry in page if "sequence" in entry]
        after = page[-1]["position"]

    assert sequences == list(range(1, 31))


async def test_another_tenant_sees_nothing(memory: Database, reads: HistoryReads) -> None:
    """Ids of one tenant mean nothing in another."""
    await keep(memory, log_of_decisions([*chatter(2), [linked()]]))

    assert not await reads.timeline(GLOBEX, ANN_HERSELF, EntryFilter(), limit=9)
    assert not await reads.transcript("globex", CONVERSATION, after=None, limit=9)
    assert await reads.conversation("globex", CONVERSATION) is None
    assert not await reads.knows(GLOBEX, ANN_HERSELF)
    assert await reads.latest_with_address(GLOBEX, ANN_HERSELF[0]) is None


async def test_filters_and_desks_narrow_the_timeline(memory: Database, reads: HistoryReads) -> None:
    """What belongs to no desk is seen from every desk."""
    await keep(memory, log_of_decisions(chatter(2)))
    await keep(memory, [customer_record(order_event())])
    sales = Scope(tenant_id="acme", desks=frozenset({"sales"}))

    async def kinds(scope: Scope, **wanted: tuple[str, ...]) -> list[str]:
        filtered = EntryFilter(kinds=wanted.get("kinds", ()), channels=wanted.get("channels", ()))
        found = await reads.timeline(scope, ANN_HERSELF, filtered, limit=9)
        return [entry["kind"] for entry in found]

    assert await kinds(ACME, kinds=("order",)) == ["order"]
    assert await kinds(ACME, channels=("telegram",), kinds=("message",)) == ["message"] * 2
    assert await kinds(sales) == ["order"]


async def test_latest_address_is_the_last_one_used(memory: Database, reads: HistoryReads) -> None:
    """A contact point is described by its newest entry that says anything."""
    await keep(memory, log_of_decisions(chatter(2)))

    latest = await reads.latest_with_address(ACME, ANN_HERSELF[0])

    assert latest is not None
    assert (latest["address"], latest["entry_id"]) == ("1001", "message/msg-2")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            {"tenant_id": "acme", "customer_id": {"$in": ["cus_a", "cus_b"]}},
            "timeline",
        ),
        ({"tenant_id": "acme", "conversation_id": "cnv_1"}, "transcript"),
    ],
)
async def test_pages_come_from_their_index_without_sorting(
    memory: Database, query: dict[str, object], index: str
) -> None:
    """A page costs its own size, not the size of what is stored."""
    await keep(memory, log_of_decisions(chatter(5)))

    plan = await memory[TIMELINE].find(query).sort("position", -1).limit(3).explain()

    told = str(plan["queryPlanner"]["winningPlan"])
    assert f"'indexName': '{index}'" in told
    assert "'SORT'" not in told
