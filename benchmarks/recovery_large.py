"""Figure (g): how soon a router decides again that has 100,000 open items to load, part by part."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from benchmarks import company, event_stream, logs, raw_kafka, recovery
from benchmarks.figures import Figure, Table
from benchmarks.options import Options, run_alone
from deploy.local.stack import Stack
from libs.common import mongo
from libs.common.contracts.records import DecisionRecord, decode_record
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, routing_key
from services.router.collector import PlannedCollector
from services.router.core.engine import Engine
from services.router.core.ownership_effects import StoredSave
from services.router.core.state import Change
from services.router.restoring import Restored, restore
from services.router.saves import Reading, SaveStore

AGENTS = 100
OPEN, OPEN_QUICK = 100_000, 500
# As many as are decided at most between two saves.
FOLDED = 5_000
AIM_S = 5.0
DECIDED_TIMEOUT_S = 1_800.0
# The name that settings give where none is set.
DATABASE = "switchboard"
_KEY = routing_key(company.TENANT, company.DESK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Seconds by the clock of each part of a recovery, each done alone, and what it was of.

    Documents are restored while they are read: `restored_s` is both, `read_s` only the reading.
    """

    read_s: float
    restored_s: float
    fold_s: float
    documents: int
    open_items: int
    folded: int


def measure(options: Options) -> Figure:
    """A kill with a restart at once; then the same save read, restored and folded upon alone."""
    number = OPEN_QUICK if options.is_quick else OPEN
    with company.fresh_stack(services=()) as stack:
        gap = asyncio.run(_play(stack, number))
        parts = asyncio.run(_parts(stack))
    took_s = (gap.decided_ms - gap.epoch_ms) / 1_000
    return Figure(
        letter="g",
        title="Recovery with 100,000 open items",
        aim=f"at most {AIM_S:.0f} s from the assignment to the first decision",
        said=(
            f"**{took_s:.1f} s with {parts.open_items:,} open items**; alone: read and"
            f" restored {parts.restored_s:.1f} s, fold of {parts.folded:,} records"
            f" {parts.fold_s:.1f} s"
        ),
        is_met=took_s <= AIM_S,
        workload=(
            f"{parts.open_items:,} open items as {parts.documents:,} documents in MongoDB, as the"
            f" router itself saved them; {recovery.RATE_PER_S} events a second go on. Killed and"
            " started again. From the epoch's start in the log, which the router appends as soon as"
            " the group has confirmed the assignment, to its first decision, by the broker's times."
        ),
        tables=(_table(gap, parts),),
    )


async def _play(stack: Stack, number: int) -> recovery.Gap:
    servers = stack.servers.bootstrap_servers
    stream = [*event_stream.beginning(AGENTS), *event_stream.openings(number, agents=AGENTS)]
    await raw_kafka.fill(
        servers, ROUTING_EVENTS, company.PARTITION, [(_KEY, one.value) for one in stream]
    )
    router = stack.add_replica("router")
    await asyncio.to_thread(router.start)
    await recovery.decided(servers, events=len(stream), timeout_s=DECIDED_TIMEOUT_S)
    await asyncio.sleep(recovery.SAVED_WAIT_S)
    async with recovery.flowing(servers):
        killed_ms, records = await recovery.death(servers, router, successor=router)
    await asyncio.to_thread(router.stop)
    return recovery.gap_of("restarted at once", killed_ms, records, number)


async def _parts(stack: Stack) -> Parts:
    """What the router did, done again alone on the same data and with its plan for garbage."""
    PlannedCollector().begin()
    database = mongo.connect(stack.servers.mongodb_uri, DATABASE)
    documents = 0

    def counted(found: Iterator[Change], _: int) -> tuple[Change, ...]:
        nonlocal documents
        documents = sum(1 for _ in found)
        return ()

    store = SaveStore(database)
    _, read_s = await _loaded(store, counted)
    save, restored_s = await _loaded(store, Restored)
    mongo.close(database)
    engine = restore(save.documents, save.position.now_ms)
    records = await _first_records(stack.servers.bootstrap_servers)
    return Parts(
        read_s=read_s,
        restored_s=restored_s,
        fold_s=_folded_s(records),
        documents=documents,
        open_items=len(engine.state.work_items()),
        folded=len(records),
    )


async def _loaded(store: SaveStore, reading: Reading) -> tuple[StoredSave, float]:
    begun_s = perf_counter()
    save = await store.load(company.PARTITION, reading)
    if save is None:
        raise LookupError("the router saved nothing")
    return save, perf_counter() - begun_s


async def _first_records(servers: str) -> list[bytes | None]:
    found = await logs.read_new(servers, ROUTING_DECISIONS, company.PARTITION, start=0)
    return [record.value for record in found[: FOLDED + 1]]


def _folded_s(values: Sequence[bytes | None]) -> float:
    """Decode and fold these onto nothing, as a recovery does with what follows its save."""
    engine = Engine()
    begun_s = perf_counter()
    for value in values:
        record = decode_record(value)
        if isinstance(record, DecisionRecord):
            engine.fold(record)
    return perf_counter() - begun_s


def _table(gap: recovery.Gap, parts: Parts) -> Table:
    return Table(
        title="Where the time goes",
        columns=("what", "seconds"),
        rows=(
            ("from the kill to the new epoch's start", f"{gap.epoch_ms / 1_000:.2f}"),
            (
                "from there to the first decision",
                f"{(gap.decided_ms - gap.epoch_ms) / 1_000:.2f}",
            ),
            (f"alone: {parts.documents:,} documents from MongoDB", f"{parts.read_s:.2f}"),
            ("alone: the same, with entities and indexes from them", f"{parts.restored_s:.2f}"),
            (f"alone: {parts.folded:,} records decoded and folded", f"{parts.fold_s:.2f}"),
        ),
    )


if __name__ == "__main__":
    run_alone(measure)
