"""Many askers, few questions, and nobody gets an answer older than the question."""

import asyncio

from libs.common import clock
from libs.common.errors import UnavailableError
from services.ingest.coalescing import Coalesced


class Source:
    """Answers with the number of the question, when told."""

    def __init__(self) -> None:
        self.began = 0
        self.answer = asyncio.Event()

    async def read(self) -> int:
        """The number of this question."""
        self.began += 1
        number = self.began
        await self.answer.wait()
        return number


async def turned(times: int = 10) -> None:
    """Let the other tasks go as far as they can."""
    for _ in range(times):
        await asyncio.sleep(0)


async def test_who_asks_during_a_question_gets_the_next_ones_answer() -> None:
    """The answer under way may be older than what the asker knows; the next one serves them all."""
    source = Source()
    coalesced = Coalesced(source.read, interval_s=0)
    first = asyncio.create_task(coalesced.ask())
    await turned()
    later = [asyncio.create_task(coalesced.ask()) for _ in range(5)]
    await turned()
    began_before = source.began

    source.answer.set()

    assert await first == 1
    assert [await one for one in later] == [2] * 5
    assert (began_before, source.began) == (1, 2)


async def test_one_who_gives_up_takes_the_answer_from_nobody() -> None:
    """A sender that disconnects is alone with it."""
    source = Source()
    coalesced = Coalesced(source.read, interval_s=0)
    leaving = asyncio.create_task(coalesced.ask())
    staying = asyncio.create_task(coalesced.ask())
    await turned()

    leaving.cancel()
    await turned()
    source.answer.set()

    assert await staying == 1


async def test_failure_reaches_all_who_asked_and_nobody_else() -> None:
    """The next question is a new one."""
    failures = [UnavailableError("away")]

    async def read() -> str:
        if failures:
            raise failures.pop()
        return "well"

    coalesced = Coalesced(read, interval_s=0)
    outcomes = await asyncio.gather(coalesced.ask(), coalesced.ask(), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 2
    assert await coalesced.ask() == "well"


async def test_questions_keep_their_distance() -> None:
    """However many ask one after the other: one question in an interval."""
    source = Source()
    source.answer.set()
    coalesced = Coalesced(source.read, interval_s=0.02)
    began_s = clock.monotonic_s()

    for _ in range(4):
        await coalesced.ask()

    assert source.began == 4
    assert clock.monotonic_s() - began_s >= 3 * 0.02
