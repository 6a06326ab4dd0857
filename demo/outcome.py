"""What became of everything: gathered from the memory, the providers, the sockets and the spans."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.accounts.balance import Balance, balance_of
from demo.accounts.expected import Expected, expected_of, message_id_of
from demo.desk import DeskPeople
from demo.house import House
from demo.people.customers import Crowd
from demo.people.memory import Entries
from demo.people.record import Record
from demo.report.result import Result
from demo.scene import Scene
from demo.traces.spans import Span
from deploy.local.simulated.provider_log import Noted, read_log
from libs.common import clock

SETTLE_TIMEOUT_S = 20.0
POLL_S = 0.25
# Exporters send what they hold every half second.
SPANS_SETTLE_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What the router tells of time: the clocks of the queue that calls back, and the office's next
    days as text; `picture` is where they are drawn.
    """

    clocks: dict[str, Any]
    days: str
    picture: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that the report is made of."""

    result: Result
    record: Record
    timeline: Entries
    traces: list[list[Span]]
    hours: Hours


async def gather_outcome(
    house: House, people: DeskPeople, crowd: Crowd, scene: Scene, *, played_s: float
) -> Outcome:
    """The outcome, once the memory has caught up or 20 s have passed."""
    balance = await _settled_balance(house, people, crowd)
    await asyncio.sleep(SPANS_SETTLE_S)
    regular = scene.regular
    timeline = await people.memory().timeline("web", regular.web) if regular else []
    alerts = [line for line in read_log(house.witness.path) if line["kind"] == Noted.ALERTED]
    record = people.record
    assigned = Counter(told["body"]["conversation_id"] for told in record.assignments)
    return Outcome(
        result=Result(
            balance=balance,
            repeated=crowd.repeated,
            refused=len(crowd.refused),
            conversations=len(record.opened),
            assigned=len(assigned),
            reassigned=sum(count > 1 for count in assigned.values()),
            closed=len(record.completed),
            left_open=scene.left_open,
            unanswered=crowd.unanswered,
            dead_letters=record.dead_letters,
            escalations=len(record.escalations),
            acknowledged=len(record.acknowledged),
            webhooks_verified=sum(alert["is_verified"] for alert in alerts),
            latencies_ms=_latencies_ms(house, crowd, record),
            played_s=played_s,
        ),
        record=record,
        timeline=timeline,
        traces=house.collector.traces,
        hours=await _hours(house, people),
    )


async def _hours(house: House, people: DeskPeople) -> Hours:
    """Asked of the router, as a supervisor's app would."""
    questions = people.questions()
    picture = house.witness.path.with_name("opening-hours.svg")
    picture.write_text(await questions.days("svg"), encoding="utf-8")
    return Hours(
        clocks=await questions.clocks(), days=await questions.days("text"), picture=picture
    )


async def _settled_balance(house: House, people: DeskPeople, crowd: Crowd) -> Balance:
    """The memory and the deliveries run a moment behind: what is missing gets time to arrive."""
    deadline_s = clock.monotonic_s() + SETTLE_TIMEOUT_S
    while True:
        expected = expected_of(crowd.sent, read_log(house.witness.path))
        balance = await _balance(expected, people)
        if balance.holds or clock.monotonic_s() > deadline_s:
            return balance
        await asyncio.sleep(POLL_S)


async def _balance(expected: Expected, people: DeskPeople) -> Balance:
    memory = people.memory()
    timelines = {
        address: await memory.timeline(family, address)
        for address, family in expected.families.items()
    }
    return balance_of(expected, timelines, refused=people.record.refused)


def _latencies_ms(house: House, crowd: Crowd, record: Record) -> list[int]:
    """From the provider's first request to an agent's socket, where the message itself was told
    to an agent: what had to wait for a free one is not a matter of speed.
    """
    began: dict[tuple[str, str], int] = {}
    for line in read_log(house.witness.path):
        if line["kind"] == Noted.SENT:
            key = (line["endpoint_id"], line["provider_message_id"])
            began.setdefault(key, line["began_ms"])
    return [
        record.heard_ms[message_id] - began[request.endpoint_id, request.provider_message_id]
        for request in crowd.sent
        if (message_id := message_id_of(request)) in record.heard_ms
    ]
