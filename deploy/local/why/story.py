"""The story of a work item in rows: when, what was decided, and why, in words."""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from deploy.local.why.log import Found
from libs.common.contracts import decisions as d
from libs.common.contracts.terms import QueueingReason
from services.router.core.inquiry_offers import why_this

# Who and where stands in the title or in the row; contents are nobody's business here.
_LEFT_OUT = frozenset(
    {
        "type",
        "tenant_id",
        "desk_id",
        "work_item_id",
        "conversation_id",
        "content",
        "reply_to",
        "sender_name",
        "note",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One decision: its time in UTC, what it is, and the reasons, each a line."""

    at: str
    what: str
    why: tuple[str, ...]


def story(found: Iterable[Found]) -> list[Row]:
    """A row for each decision, in their order."""
    return [Row(_time(one.at_ms), *_told(one.decision, one.at_ms)) for one in found]


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%H:%M:%S.%f")[:-3]


def _told(decision: d.AnyDecision, at_ms: int) -> tuple[str, tuple[str, ...]]:
    match decision:
        case d.WorkItemQueued():
            return _queued(decision, at_ms)
        case d.WorkItemRelaxed():
            return _relaxed(decision)
        case d.ReservationOpened():
            says = why_this(decision.agent_id, decision.why).says
            return f"offered to {decision.agent_id}", says
        case d.WorkItemAssigned():
            return f"assigned to {decision.agent_id}", (f"after {_s(decision.waited_ms)}",)
        case d.ReservationEnded():
            return f"{decision.agent_id}: {decision.outcome.value}", ()
        case _:
            return decision.type.replace("_", " "), _details(decision)


def _queued(queued: d.WorkItemQueued, at_ms: int) -> tuple[str, tuple[str, ...]]:
    has_arrived = queued.reason is QueueingReason.ARRIVED
    says = [f"{queued.channel} of weight {queued.weight}, asks {_skills(queued.requires)}"]
    if has_arrived:
        says.insert(0, f"rule {queued.rule_id} sent it to queue {queued.queue_id}")
        head_start_ms = at_ms - queued.virtual_time_ms
        says.append(f"class {queued.strict_class}, head start {_s(head_start_ms)}")
    if queued.also_queues:
        says.append(f"the queue overflows: also {', '.join(queued.also_queues)}")
    word = "arrived" if has_arrived else f"queued again: {queued.reason.value.replace('_', ' ')}"
    return f"{word} ({queued.queue_id})", tuple(says)


def _relaxed(relaxed: d.WorkItemRelaxed) -> tuple[str, tuple[str, ...]]:
    also = [*relaxed.also_queues, *relaxed.also_groups]
    asked = "anyone" if relaxed.is_for_anyone else ", ".join([relaxed.queue_id, *also])
    says = f"asks {asked} for {_skills(relaxed.requires)}, after {_s(relaxed.waited_ms)}"
    return f"step {relaxed.step}", (says,)


def _details(decision: d.AnyDecision) -> tuple[str, ...]:
    told = {
        field.name: getattr(decision, field.name)
        for field in fields(decision)
        if field.default is MISSING or getattr(decision, field.name) != field.default
    }
    says = [
        f"{name}: {_plain(name, value)}" for name, value in told.items() if _is_told(name, value)
    ]
    return (", ".join(says),) if says else ()


def _is_told(name: str, value: object) -> bool:
    return name not in _LEFT_OUT and value not in (None, "", (), {})


def _plain(name: str, value: Any) -> str:  # noqa: ANN401 - a decision's field
    if name == "waited_ms":
        return _s(value)
    if name.endswith("_ms"):
        return _time(value)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _skills(requires: dict[str, int]) -> str:
    return ", ".join(f"{skill} {level}" for skill, level in sorted(requires.items())) or "no skill"


def _s(duration_ms: int) -> str:
    return f"{duration_ms / 1_000:.1f} s"
