"""The demo's agents answer everybody, also whoever writes during the close."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from demo.people.agents import DemoAgent
from demo.people.answers import AnswerBook
from demo.people.memory import Memory
from demo.people.record import Record
from demo.traffic.episodes import Exchange
from deploy.local.simulated.agents import AgentIdentity, Manner
from deploy.local.simulated.http_connections import HttpConnections
from deploy.local.simulated.provider_log import ProviderLog
from tests.unit.deploy.local.simulated.fake_platform import FakePlatform, at_work

CLOSE = "conversations/c1/close"
# For an agent who takes no time to close what is done.
LONG_ENOUGH_S = 0.2
REPLY = "conversations/c1/replies"


@asynccontextmanager
async def anna_at_work(tmp_path: Path, book: AnswerBook) -> AsyncIterator[FakePlatform]:
    """An agent who thinks and writes in no time, connected and greeted; nothing is remembered."""
    platform, log = FakePlatform(), ProviderLog(tmp_path / "log")
    async with platform.server, httpx.AsyncClient(base_url="http://memory.invalid") as memory:
        http = HttpConnections(platform.server.url)
        agent = DemoAgent(
            AgentIdentity(tenant_id="acme", desk_id="support", agent_id="anna", token="t"),
            http=http,
            notifier_url=platform.server.url.replace("http", "ws"),
            log=log,
            manner=Manner(think_s=0, write_s=0),
            memory=Memory(memory, "t"),
            book=book,
            record=Record(),
        )
        try:
            async with at_work(platform, agent):
                yield platform
        finally:
            http.close()
            log.close()


def _filed(message_id: str, address: str) -> dict[str, Any]:
    return {
        "conversation_id": "c1",
        "message_id": message_id,
        "owner_id": "anna",
        "reply_to": {"address": address},
    }


def _replied(reply_id: str, sequence: int) -> dict[str, Any]:
    return {
        "conversation_id": "c1",
        "agent_id": "anna",
        "reply_id": reply_id,
        "sequence": sequence,
    }


def _two_questions() -> AnswerBook:
    book = AnswerBook()
    book.add("700001", [Exchange(asked="Where is it?", answered="On its way.")])
    book.add("visitor", [Exchange(asked="And the invoice?", answered="Attached.")])
    return book


async def test_whoever_writes_while_the_close_is_on_its_way_is_answered_first(
    tmp_path: Path,
) -> None:
    """Each close names the last reply, so that the one that a message overtook is refused; the
    answer to that message is closed after.
    """
    async with anna_at_work(tmp_path, _two_questions()) as platform:
        await platform.tell("message.filed", _filed("m1", "700001"))
        first = await platform.next_post()
        await platform.tell("reply.filed", _replied("r1", 2))
        overtaken = await platform.next_post()
        await platform.tell("message.filed", _filed("m2", "visitor"))
        second = await platform.next_post()
        await platform.tell("reply.filed", _replied("r2", 4))
        closed = await platform.next_post()

    assert [first, second] == [(REPLY, {"text": "On its way."}), (REPLY, {"text": "Attached."})]
    assert [overtaken, closed] == [(CLOSE, {"after_sequence": 2}), (CLOSE, {"after_sequence": 4})]


async def test_a_conversation_is_closed_when_all_who_wrote_are_answered(tmp_path: Path) -> None:
    """Both wrote before the first answer was filed: its place is behind both messages."""
    async with anna_at_work(tmp_path, _two_questions()) as platform:
        await platform.tell("message.filed", _filed("m1", "700001"))
        await platform.tell("message.filed", _filed("m2", "visitor"))
        answers = [await platform.next_post() for _ in range(2)]
        await platform.tell("reply.filed", _replied("r1", 3))
        await asyncio.sleep(LONG_ENOUGH_S)
        is_open = platform.posted.empty()
        await platform.tell("reply.filed", _replied("r2", 4))
        closed = await platform.next_post()

    assert sorted(text["text"] for _, text in answers) == ["Attached.", "On its way."]
    assert is_open
    assert closed == (CLOSE, {"after_sequence": 4})
