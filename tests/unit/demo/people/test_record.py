"""What is kept of what the sockets say."""

from typing import Any

from demo.people.record import Record


def _message(message_type: str, **body: object) -> dict[str, Any]:
    return {"id": "event-1.0", "type": message_type, "body": body}


async def test_only_what_matters_reaches_the_feed() -> None:
    """The supervisor hears much more than the reader wants to see."""
    record, shown = Record(), list[str]()
    record.on_told = lambda message: shown.append(message["type"])

    await record.supervisor_hears(_message("agent.connection_changed", agent_id="anna"))
    await record.supervisor_hears(_message("conversation.opened", conversation_id="c1"))

    assert shown == ["conversation.opened"]
    assert record.open == 1
    await record.supervisor_hears(_message("work_item.completed", work_item_id="i1"))
    assert record.open == 0


def test_the_first_telling_counts() -> None:
    """An event is told in several messages, and to several agents: the first one is the speed."""
    record = Record()

    record.agent_hears("anna", _message("reservation.opened"))
    first_ms = record.heard_ms["event-1"]
    record.heard_ms["event-1"] = first_ms - 5
    record.agent_hears("ben", _message("message.filed"))

    assert record.heard_ms["event-1"] == first_ms - 5


async def test_refusals_are_kept_for_the_reckoning() -> None:
    """An agent's late reply is known by its event; a lost event by its reason."""
    record = Record()

    record.agent_hears("anna", _message("event.refused", reason="not_the_owner"))
    await record.supervisor_hears(_message("event.refused", reason="too_old"))

    assert record.refused == ["event-1"]
    assert record.dead_letters == {"too_old": 1}


async def test_promises_and_what_became_of_alerts_are_kept() -> None:
    """An escalation that stopped because the conversation ended was seen to by nobody."""
    record, shown = Record(), list[str]()
    record.on_told = lambda message: shown.append(message["type"])

    await record.supervisor_hears(_message("sla.breached", policy_id="p", target="resolution"))
    await record.supervisor_hears(_message("escalation.alerted", level=1))
    for cause in ("closed", "acknowledged"):
        told = _message("escalation.stopped", conversation_id=cause, cause=cause)
        await record.supervisor_hears(told)

    assert shown == ["sla.breached", "escalation.alerted", "escalation.stopped"]
    assert (len(record.promises), len(record.escalations)) == (1, 1)
    assert record.acknowledged == {"acknowledged"}
