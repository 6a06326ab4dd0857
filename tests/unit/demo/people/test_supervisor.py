"""The supervisor acknowledges what is in trouble."""

import asyncio
from typing import Any

import pytest

from demo.people import supervisor
from demo.people.supervisor import DemoSupervisor


def _alerted(trouble: str, *conversation_ids: str) -> dict[str, Any]:
    body = {"trouble": trouble, "conversation_ids": conversation_ids}
    return {"type": "escalation.alerted", "body": body}


async def test_each_broken_promise_is_acknowledged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what is only at risk, and not again when another level names it."""
    monkeypatch.setattr(supervisor, "READS_S", 0)
    acknowledged: list[str] = []

    async def acknowledge(conversation_id: str) -> None:
        await asyncio.sleep(0)
        acknowledged.append(conversation_id)

    sara = DemoSupervisor(acknowledge)
    for told in (
        _alerted("at_risk", "c0"),
        _alerted("breached", "c1", "c2"),
        _alerted("breached", "c1"),
        {"type": "sla.breached", "body": {}},
    ):
        sara.told(told)
    await asyncio.sleep(0.05)
    await sara.leave()

    assert sorted(acknowledged) == ["c1", "c2"]
