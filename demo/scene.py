"""The scene that is played: who comes when, who is late, who turns out to be one person."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from demo.people.customers import Crowd
from demo.traffic.episodes import Episode, Exchange, Source, mixed
from demo.traffic.material import Material

PLAYED_S = 32.0
LATE_AGENT_COMES_S = 14.0
# Every so-manieth customer has been in the shop.
SHOPS_EVERY = 3
VISITS = (
    ("order_placed", "Order {n}: two months of Premium"),
    ("shop_visited", "Visited the shop at the station, left after 6 minutes"),
    ("payment_received", "Paid invoice {n}"),
)
REGULAR = "visitor-regular"
# Nobody answers it while the demo plays: its clock counts the office's hours.
CALLBACK = Episode(
    source=Source.DIALOGUES,
    exchanges=(Exchange(asked="Please call me back about invoice 4100.", answered=""),),
    language="en",
    topic="callback",
)
_FAMILIES = {Source.QUESTIONS: "telegram", Source.DIALOGUES: "web", Source.MAILS: "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Regular:
    """The customer of two channels: one address on each."""

    telegram: str
    web: str


class Scene:
    """Plays all of the material once, evenly over some 30 s, each customer at their own pace.

    `link` tells the platform that two addresses are one person.
    """

    def __init__(
        self,
        material: Material,
        crowd: Crowd,
        *,
        late_agent: Callable[[], Coroutine[Any, Any, None]],
        link: Callable[[str, str], Awaitable[None]],
    ) -> None:
        first, second, *others = material.questions
        self._first, self._second = first, second
        self._episodes = mixed(material.dialogues, others, material.mails)
        self._crowd = crowd
        self._late_agent = late_agent
        self._link = link
        self.regular: Regular | None = None
        # Whoever asks for a call is still waiting for the office at the end.
        self.left_open = 1
        self.episodes = len(self._episodes) + 2
        self.begun = 0

    async def play(self) -> None:
        """Return when every customer has been answered, or has waited in vain."""
        pause_s = PLAYED_S / max(1, len(self._episodes))
        async with asyncio.TaskGroup() as playing:
            playing.create_task(self._come_late())
            playing.create_task(self._play_regular())
            playing.create_task(self._crowd.ask(CALLBACK))
            for number, episode in enumerate(self._episodes):
                playing.create_task(self._play(number, episode))
                await asyncio.sleep(pause_s)

    async def _play(self, number: int, episode: Episode) -> None:
        self.begun += 1
        address = await self._crowd.play(episode)
        if number % SHOPS_EVERY == 0:
            await self._visit(number // SHOPS_EVERY, _FAMILIES[episode.source], address)

    async def _play_regular(self) -> None:
        """A question by Telegram, an order, a visit; then another question on the website."""
        self.begun += 1
        telegram = await self._crowd.play(self._first)
        await self._visit(0, "telegram", telegram)
        await self._visit(1, "telegram", telegram)
        await self._link(telegram, REGULAR)
        self.begun += 1
        again = replace(self._second, source=Source.DIALOGUES)
        await self._crowd.play(again, address=REGULAR)
        self.regular = Regular(telegram=telegram, web=REGULAR)

    async def _visit(self, number: int, family: str, address: str) -> None:
        kind, summary = VISITS[number % len(VISITS)]
        await self._crowd.record(
            kind=kind, family=family, address=address, summary=summary.format(n=4_100 + number)
        )

    async def _come_late(self) -> None:
        await asyncio.sleep(LATE_AGENT_COMES_S)
        await self._late_agent()
