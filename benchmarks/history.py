"""History's write path (decode, judge, project, transaction) beside raw inserts of the same
documents in the same run; prints one JSON object.

    MONGODB_URI=... python -m benchmarks.history [--conversations N] [--rounds N] [--batch N]

Both sides leave the same documents in collections with the same indexes, with as many loops at
once as a replica has group members, each writing its own partition's batches one after the other.
The raw side calls `insert_many(ordered=False)` on finished documents, each inserted once: it
neither reads a log nor updates anything nor keeps a position.
"""

import argparse
import asyncio
import gc
import os
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import orjson

from benchmarks import history_traffic
from libs.common import clock
from libs.common.contracts.topics import ROUTING_DECISIONS
from libs.common.decision_log import LogPosition
from libs.common.kafka_records import PartitionBatch, Record
from libs.common.mongo import Database, Document, close, connect
from services.history.app import GC_THRESHOLDS
from services.history.documents import CONVERSATIONS, POSITIONS, TIMELINE
from services.history.indexes import create_indexes
from services.history.readers import DECISIONS, Reading
from services.history.recorder import Recorder
from services.history.store import HistoryStore

DATABASE = "benchmark_history"
KEPT = (TIMELINE, CONVERSATIONS)
MEMBERS = (1, 2)
Batches = list[PartitionBatch]
MICROSECONDS = 1_000_000


async def compare(
    database: Database, *, members: int, conversations: int, rounds: int, batch: int
) -> dict[str, Any]:
    """Records and documents per second of both sides with so many loops: medians of the rounds,
    in which the two sides take turns.
    """
    logs = [history_traffic.records(conversations // members, partition=n) for n in range(members)]
    partitions = [_batches(log, batch) for log in logs]
    gc.freeze()
    ours, raws, documents = [], [], 0
    for _ in range(rounds):
        ours.append(await _timed(database, partial(_record, database, partitions)))
        kept = [await database[name].find({}).to_list(None) for name in KEPT]
        documents = sum(map(len, kept))
        loops = _shared_out(kept, members=members, batches=sum(map(len, partitions)))
        raws.append(await _timed(database, partial(_insert, database, loops)))
    records = sum(map(len, logs))
    own_s, raw_s = statistics.median(ours), statistics.median(raws)
    return {
        "members": members,
        "records": records,
        "documents": documents,
        "history_records_per_s": round(records / own_s),
        "history_documents_per_s": round(documents / own_s),
        "raw_documents_per_s": round(documents / raw_s),
        "share_of_raw": round(raw_s / own_s, 3),
        "history_us_per_record": round(own_s / records * MICROSECONDS, 1),
        "of_which_reading_us": round(_read_s(logs) / records * MICROSECONDS, 1),
    }


async def _timed(database: Database, run: Callable[[], Awaitable[None]]) -> float:
    for name in (*KEPT, POSITIONS):
        await database.drop_collection(name)
    await create_indexes(database)
    for name in (CONVERSATIONS, POSITIONS):
        await database.create_collection(name)
    gc.collect()
    started_s = clock.monotonic_s()
    await run()
    return clock.monotonic_s() - started_s


async def _record(database: Database, partitions: Sequence[Batches]) -> None:
    async def member(batches: Batches) -> None:
        recorder = Recorder(store=HistoryStore(database), reader=DECISIONS)
        for batch in batches:
            await recorder.handle(batch)

    await asyncio.gather(*(member(batches) for batches in partitions))


Loop = list[tuple[str, list[Document]]]


async def _insert(database: Database, loops: Sequence[Loop]) -> None:
    async def loop(inserts: Loop) -> None:
        for name, documents in inserts:
            await database[name].insert_many(documents, ordered=False)

    await asyncio.gather(*(loop(inserts) for inserts in loops))


def _shared_out(kept: Sequence[Sequence[Document]], *, members: int, batches: int) -> list[Loop]:
    """The documents in as many inserts per collection as there were batches, dealt to the loops."""
    loops: list[Loop] = [[] for _ in range(members)]
    for name, documents in zip(KEPT, kept, strict=True):
        size = -(-len(documents) // batches)
        for number, first in enumerate(range(0, len(documents), size)):
            loops[number % members].append((name, list(documents[first : first + size])))
    return loops


def _read_s(logs: Sequence[Sequence[Record]]) -> float:
    """Seconds for decoding, judging and projecting alone: what Kafka's side of it costs."""
    started_s = clock.monotonic_s()
    for log in logs:
        reading = Reading(position=LogPosition())
        for record in log:
            DECISIONS.read(reading, record)
    return clock.monotonic_s() - started_s


def _batches(log: Sequence[Record], size: int) -> Batches:
    return [
        PartitionBatch(
            topic=ROUTING_DECISIONS,
            partition=log[0].partition,
            records=tuple(log[first : first + size]),
        )
        for first in range(0, len(log), size)
    ]


async def measure(uri: str, *, conversations: int, rounds: int, batch: int) -> dict[str, Any]:
    """The comparison with one member and with as many as a replica has."""
    # As the service does: what lives for ever needs no collecting.
    gc.set_threshold(*GC_THRESHOLDS)
    database = connect(uri, DATABASE)
    try:
        runs = [
            await compare(
                database, members=members, conversations=conversations, rounds=rounds, batch=batch
            )
            for members in MEMBERS
        ]
        await database.client.drop_database(DATABASE)
    finally:
        close(database)
    return {"batch_records": batch, "rounds": rounds, "runs": runs}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=1_000)
    chosen = parser.parse_args()
    figures = asyncio.run(
        measure(
            os.environ["MONGODB_URI"],
            conversations=chosen.conversations,
            rounds=chosen.rounds,
            batch=chosen.batch,
        )
    )
    sys.stdout.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode() + "\n")


if __name__ == "__main__":
    main()
