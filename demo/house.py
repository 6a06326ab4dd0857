"""Everything that the demo starts, and its end: providers, span collector, servers, services."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.company import WEBHOOK_SECRET, Company
from demo.people.witness import Witness
from demo.traces.spans import SpanCollector
from deploy.local.errors import AlreadyRunningError
from deploy.local.file_lock import try_lock
from deploy.local.folders import instance_dir
from deploy.local.progress import say
from deploy.local.simulated.providers import SimulatedProviders
from deploy.local.stack import Stack

INSTANCE = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is up while the demo plays."""

    company: Company
    stack: Stack
    witness: Witness
    collector: SpanCollector


@asynccontextmanager
async def open_house(folder: Path | None = None) -> AsyncIterator[House]:
    """Everything up inside the block and gone after it, whatever ends it.

    Raises AlreadyRunningError while another demo plays, and what the stack's start raises.
    """
    folder = folder or instance_dir(INSTANCE)
    folder.mkdir(parents=True, exist_ok=True)
    # Held until this process ends: two demos would sweep each other's data away.
    if try_lock(folder.with_suffix(".lock")) is None:
        raise AlreadyRunningError("another demo is playing: wait for its end")
    _sweep(folder)
    company, witness = Company.of_this_run(), Witness(folder / "outside.jsonl")
    providers = SimulatedProviders(witness, webhook_secrets=[WEBHOOK_SECRET])
    collector = SpanCollector()
    async with AsyncExitStack() as opened:
        opened.callback(witness.close)
        await opened.enter_async_context(providers)
        await collector.start()
        opened.push_async_callback(collector.stop)
        configuration = company.stack_configuration(providers, traces_url=collector.url)
        stack = Stack(configuration, instance=INSTANCE)
        opened.push_async_callback(_to_the_end, stack.stop)
        await _to_the_end(stack.start)
        yield House(company=company, stack=stack, witness=witness, collector=collector)


def _sweep(folder: Path) -> None:
    """Begin anew: what an earlier demo left is of no use to anyone. Logs go with it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()


async def _to_the_end(act: Callable[[], None]) -> None:
    """Do it in a thread and wait for its end, cancelled or not: half a start can't be stopped."""
    acting = asyncio.ensure_future(asyncio.to_thread(act))
    try:
        await asyncio.shield(acting)
    except asyncio.CancelledError:
        say("Interrupted: stopping what was started ...")
        await asyncio.wait({acting})
        raise
