"""Plays the demo from the first process to the last line of the report."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from rich.console import Console
from rich.text import Text

from demo.desk import DeskPeople, desk_people
from demo.house import House, open_house
from demo.outcome import Outcome, gather_outcome
from demo.people.customers import Crowd
from demo.people.record import Told
from demo.people.supervisor import DemoSupervisor
from demo.report.feed import Feed
from demo.report.pages import print_introduction, print_report
from demo.scene import Scene
from demo.traffic.material import Material
from deploy.local.simulated.customers import Customers
from libs.common import clock

WORK_ENDS_TIMEOUT_S = 30.0
POLL_S = 0.1


async def play(console: Console, material: Material) -> int:
    """Play everything; the exit code is 1 when something was lost, doubled or left unanswered."""
    began_s = clock.monotonic_s()
    print_introduction(console, material)
    async with AsyncExitStack() as opened:
        with _step(console, "Starting Kafka, MongoDB and the four services", "All of it is up"):
            house = await opened.enter_async_context(open_house())
        outcome = await _play(console, house, material)
        with _step(console, "Stopping everything", "Everything is stopped"):
            await opened.aclose()
    print_report(console, outcome, took_s=clock.monotonic_s() - began_s)
    return 0 if outcome.result.is_good else 1


async def _play(console: Console, house: House, material: Material) -> Outcome:
    async with desk_people(house) as people, _crowd(house, people) as crowd:
        feed = Feed(console, answered_by=people.record.answered_by)

        async def late_agent() -> None:
            feed.tell("nora comes to work: she alone serves queue health")
            await people.let_in()

        async def link(telegram: str, web: str) -> None:
            await people.link(telegram, web)
            feed.tell("two addresses turn out to be one customer: linked over the API")

        def told(message: Told) -> None:
            feed.told(message)
            supervisor.told(message)

        supervisor = DemoSupervisor(people.acknowledge)
        scene = Scene(material, crowd, late_agent=late_agent, link=link)
        house.witness.listeners.append(feed.noted)
        people.record.on_told = told
        await people.configure()
        people.open()
        began_s = clock.monotonic_s()
        try:
            with feed.shown(conversations=scene.episodes):
                await _to_the_end(scene, people, feed)
        finally:
            await supervisor.leave()
        played_s = clock.monotonic_s() - began_s
        with _step(console, "Comparing what went in and out with the timelines", "Compared"):
            return await gather_outcome(house, people, crowd, scene, played_s=played_s)


async def _to_the_end(scene: Scene, people: DeskPeople, feed: Feed) -> None:
    """Return when all was played and the last agent has wrapped up, or 30 s after the play."""
    playing = asyncio.create_task(scene.play())
    try:
        while not playing.done():
            feed.completed(len(people.record.completed))
            await asyncio.sleep(POLL_S)
        await playing
        deadline_s = clock.monotonic_s() + WORK_ENDS_TIMEOUT_S
        while people.record.open > scene.left_open and clock.monotonic_s() < deadline_s:
            feed.completed(len(people.record.completed))
            await asyncio.sleep(POLL_S)
    finally:
        playing.cancel()


@asynccontextmanager
async def _crowd(house: House, people: DeskPeople) -> AsyncIterator[Crowd]:
    async with Customers(house.stack.url("ingest"), house.witness) as customers:
        crowd = Crowd(
            company=house.company,
            customers=customers,
            witness=house.witness,
            book=people.book,
            issuer=house.stack.issuer,
            notifier=people.notifier,
        )
        try:
            yield crowd
        finally:
            await crowd.leave()


@contextmanager
def _step(console: Console, begins: str, ended: str) -> Iterator[None]:
    """Say what is going on while it goes on, and how long it took."""
    began_s = clock.monotonic_s()
    if console.is_terminal:
        with console.status(Text(f"{begins} ...")):
            yield
    else:
        console.print(Text(f"{begins} ..."))
        yield
    took_s = clock.monotonic_s() - began_s
    console.print(Text.assemble(("✓ ", "bold green"), f"{ended} ", (f"({took_s:.1f} s)", "dim")))
