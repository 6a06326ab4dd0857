"""Who is asked for an item, why, who has it, and who takes part."""

from dataclasses import field
from typing import Literal

from libs.common.contracts.decisions.base import Decision, decision
from libs.common.contracts.terms import HoldKind, ParticipantKind, ReservationOutcome


@decision
class RunnerUp:
    """An agent who could have had the item and came later in the policy's order.

    `score` is what the policy compares (`Why.score`).
    """

    agent_id: str
    idle_since_ms: int
    score: int = 0


@decision
class Why:
    """Why this agent: the policy, what it compared, and who was passed over for what reason.

    `passed_over` counts agents whom the item could have been for by the first reason that held,
    in a fixed order: without_skill, absent, busy, refused. `step` is the item's step of
    relaxation; `chosen_for` says what came before the policy (last_agent, transfer, capacity,
    agent: an agent became free and took the best of what waits). `score` is what the policy
    compares, the lowest is asked first: 0 for longest idle, load per mille for least occupied,
    proficiency negated for most proficient, places round the ring for round robin.
    """

    policy: str
    configuration_version: int
    idle_since_ms: int
    waited_ms: int
    runners_up: tuple[RunnerUp, ...] = ()
    passed_over: dict[str, int]
    step: int = 0
    score: int = 0
    chosen_for: str = "policy"


@decision
class ReservationOpened(Decision):
    """An agent's capacity is held while the agent decides, until `expires_at_ms`.

    `credits` are the agent's balances by queue afterwards, where its queues have weights (R8).
    """

    type: Literal["reservation_opened"] = "reservation_opened"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    queue_id: str
    agent_id: str
    channel: str
    weight: int
    expires_at_ms: int
    why: Why
    credits: dict[str, int] = field(default_factory=dict)


@decision
class ReservationEnded(Decision):
    """A pending reservation ended without an assignment; its units are free again."""

    type: Literal["reservation_ended"] = "reservation_ended"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    agent_id: str
    outcome: ReservationOutcome


@decision
class WorkItemAssigned(Decision):
    """A reservation was accepted: the conversation has this one owner."""

    type: Literal["work_item_assigned"] = "work_item_assigned"
    reservation_id: str
    work_item_id: str
    conversation_id: str
    queue_id: str
    agent_id: str
    waited_ms: int


@decision
class HoldOpened(Decision):
    """An item is kept for an agent, or (capacity) an agent for an item that needs more room.

    A capacity hold has no end in time: it lasts until the item fits or leaves.
    """

    type: Literal["hold_opened"] = "hold_opened"
    work_item_id: str
    conversation_id: str
    agent_id: str
    kind: HoldKind
    until_ms: int | None = None


@decision
class HoldEnded(Decision):
    """The two are no longer kept for each other; an item that was kept joins its line."""

    type: Literal["hold_ended"] = "hold_ended"
    work_item_id: str
    conversation_id: str
    agent_id: str
    kind: HoldKind
    cause: str


@decision
class ParticipantJoined(Decision):
    """Somebody takes part beside the owner, at this cost in units."""

    type: Literal["participant_joined"] = "participant_joined"
    work_item_id: str
    conversation_id: str
    agent_id: str
    kind: ParticipantKind
    weight: int
    by_agent_id: str


@decision
class ParticipantRemoved(Decision):
    """They no longer do: they left, became unreachable, or the conversation is over."""

    type: Literal["participant_removed"] = "participant_removed"
    work_item_id: str
    conversation_id: str
    agent_id: str
    cause: str


@decision
class OwnerChanged(Decision):
    """The owner left and the successor, who took part, owns the conversation."""

    type: Literal["owner_changed"] = "owner_changed"
    work_item_id: str
    conversation_id: str
    from_agent_id: str
    agent_id: str
