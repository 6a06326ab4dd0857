"""History's write path (decode, judge, project, transaction) beside raw inserts of the same
documents in the same run; prints one JSON object.

    MONGODB_URI=... python -m benchmarks.history [--conversations N] [--rounds N] [--batch N]

Both sides leave the same documents in collections with the same indexes, in batches of the same
number of records. The raw side calls `insert_many(ordered=False)` on finished documents, entries
and conversations, each inserted once: it neither reads a log nor updates anything.
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


async def compare(uri: str, *, conversations: int, rounds: int, batch: int) -> dict[str, Any]:
    """The figures: records and documents per second of both sides, medians over the rounds."""
    log = history_traffic.records(conversations)
    batches = _batches(log, batch)
    # As the service does: what lives for ever needs no collecting.
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    database = connect(uri, DATABASE)
    try:
        ours, raws, documents = [], [], 0
        for _ in range(rounds):
            ours.append(await _timed(database, partial(_record, database, batches)))
            kept = [await database[name].find({}).to_list(None) for name in KEPT]
            documents = sum(map(len, kept))
            raws.append(await _timed(database, partial(_insert, database, kept, batches)))
        await database.client.drop_database(DATABASE)
    finally:
        close(database)
    own_s, raw_s = statistics.median(ours), statistics.median(raws)
    return {
        "records": len(log),
        "documents": documents,
        "batch_records": batch,
        "rounds": rounds,
        "history_records_per_s": round(len(log) / own_s),
        "history_documents_per_s": round(documents / own_s),
        "raw_documents_per_s": round(documents / raw_s),
        "share_of_raw": round(raw_s / own_s, 3),
        "read_only_records_per_s": round(len(log) / _read_s(log)),
    }


async def _timed(database: Database, run: Callable[[], Awaitable[None]]) -> float:
    for name in (*KEPT, POSITIONS):
        await database.drop_collection(name)
    await create_indexes(database)
    for name in (CONVERSATIONS, POSITIONS):
        await database.create_collection(name)
    started_s = clock.monotonic_s()
    await run()
    return clock.monotonic_s() - started_s


async def _record(database: Database, batches: Sequence[PartitionBatch]) -> None:
    recorder = Recorder(store=HistoryStore(database), reader=DECISIONS)
    for batch in batches:
        await recorder.handle(batch)


async def _insert(
    database: Database, kept: Sequence[Sequence[Document]], batches: Sequence[PartitionBatch]
) -> None:
    for name, documents in zip(KEPT, kept, strict=True):
        size = -(-len(documents) // len(batches))
        for first in range(0, len(documents), size):
            await database[name].insert_many(documents[first : first + size], ordered=False)


def _read_s(log: Sequence[Record]) -> float:
    """Seconds for decoding, judging and projecting alone: where the rest of the time goes."""
    reading = Reading(position=LogPosition())
    started_s = clock.monotonic_s()
    for record in log:
        DECISIONS.read(reading, record)
    return clock.monotonic_s() - started_s


def _batches(log: Sequence[Record], size: int) -> list[PartitionBatch]:
    return [
        PartitionBatch(
            topic=ROUTING_DECISIONS, partition=0, records=tuple(log[first : first + size])
        )
        for first in range(0, len(log), size)
    ]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=500)
    chosen = parser.parse_args()
    figures = asyncio.run(
        compare(
            os.environ["MONGODB_URI"],
            conversations=chosen.conversations,
            rounds=chosen.rounds,
            batch=chosen.batch,
        )
    )
    sys.stdout.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode() + "\n")


if __name__ == "__main__":
    main()
