"""How those who wait hear of a reply."""

import asyncio
from pathlib import Path

from demo.people.witness import Witness
from deploy.local.simulated.provider_log import Noted, read_log


async def test_whoever_waits_for_a_reply_hears_of_it(tmp_path: Path) -> None:
    """A customer goes on when the provider has the reply, and not when another's arrives."""
    witness = Witness(tmp_path / "outside.jsonl")
    waiting = asyncio.create_task(witness.await_replies("7", 1))

    witness.note(Noted.REACHED, {"address": "8", "text": "hello"})
    await asyncio.sleep(0)
    was_waiting = not waiting.done()
    witness.note(Noted.REACHED, {"address": "7", "text": "hello"})

    async with asyncio.timeout(5):
        await waiting
    witness.close()
    assert was_waiting
    assert len(list(read_log(witness.path))) == 2
