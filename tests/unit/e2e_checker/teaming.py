"""The vocabulary of a history in which several people take part, in one line each."""

from libs.common.contracts import decisions as d
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.terms import HoldKind, ParticipantKind, ReservationOutcome
from tests.unit.e2e_checker.deciding import ACME, configuration
from tests.unit.e2e_checker.forging import START_MS


def team(*, cleo: int = 1, is_exclusive: bool = False) -> DeskConfiguration:
    """A queue that asks two at once; Anna and Ben carry two, Cleo through her group one."""
    document = configuration("anna", "ben", "cleo", capacity_units=2).model_dump(mode="json")
    document["queues"][0]["offer"] = {"mode": "broadcast", "agents": 2}
    document["agent_groups"] = [{"agent_group_id": "part-time", "capacity_units": cleo}]
    document["agents"][2] |= {"groups": ["part-time"], "capacity_units": None}
    document["channels"] = {"telegram": {"exclusive": is_exclusive}}
    return DeskConfiguration.model_validate(document)


def withdrawn(number: int, offer: int, agent_id: str) -> d.ReservationEnded:
    """Somebody else was faster."""
    return d.ReservationEnded(
        **ACME,
        reservation_id=f"i{number}.{offer}",
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        outcome=ReservationOutcome.CANCELED,
    )


def joined(
    number: int, agent_id: str, kind: ParticipantKind = ParticipantKind.CONSULTANT, weight: int = 1
) -> d.ParticipantJoined:
    """The agent takes part beside the owner."""
    return d.ParticipantJoined(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        kind=kind,
        weight=weight,
        by_agent_id="anna",
    )


def left(number: int, agent_id: str) -> d.ParticipantRemoved:
    """The agent does so no longer."""
    return d.ParticipantRemoved(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        cause="left",
    )


def handed_over(number: int, from_agent_id: str, agent_id: str) -> d.OwnerChanged:
    """A participant is the owner now."""
    return d.OwnerChanged(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        from_agent_id=from_agent_id,
        agent_id=agent_id,
    )


def kept(number: int, agent_id: str, kind: HoldKind = HoldKind.TRANSFER) -> d.HoldOpened:
    """The item waits for the agent, or (capacity) the agent for the item."""
    return d.HoldOpened(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        kind=kind,
        until_ms=START_MS + 60_000 if kind is not HoldKind.CAPACITY else None,
    )


def let_go(number: int, agent_id: str, kind: HoldKind = HoldKind.TRANSFER) -> d.HoldEnded:
    """They no longer wait for each other."""
    return d.HoldEnded(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        agent_id=agent_id,
        kind=kind,
        cause="expired",
    )


def relaxed(number: int, step: int, strict_class: int = 5) -> d.WorkItemRelaxed:
    """A step of its plan applies."""
    return d.WorkItemRelaxed(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        step=step,
        queue_id="general",
        requires={},
        prefers={},
        also_queues=(),
        also_groups=(),
        is_for_anyone=False,
        strict_class=strict_class,
        virtual_time_ms=START_MS,
        waited_ms=1_000,
    )


def promoted(number: int, strict_class: int) -> d.WorkItemPromoted:
    """It has waited so long that it joins another class."""
    return d.WorkItemPromoted(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        strict_class=strict_class,
        has_best_rank=False,
    )


def canceled(number: int) -> d.WorkItemCanceled:
    """Its customer hung up."""
    return d.WorkItemCanceled(
        **ACME,
        work_item_id=f"i{number}",
        conversation_id=f"c{number}",
        queue_id="general",
        cause="hung_up",
        waited_ms=3_000,
    )
