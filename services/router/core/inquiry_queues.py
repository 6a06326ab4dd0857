"""All clocks of a queue: its own hours, and what is promised to each conversation in it, whatever
fires next first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from libs.common.errors import InvalidInputError
from services.router.core.entities import DeskKey
from services.router.core.inquiry_hours import HoursNow, hours_now
from services.router.core.inquiry_promises import Promised, promised
from services.router.core.promises import Escalation, SlaInstance
from services.router.core.state import PartitionState

# Behind everything that fires some time: what stands still, or fired all that it had.
_NEVER_MS = 1 << 62
PAGE_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClocks:
    """One page of a queue's clocks.

    `conversations` are those with a clock or a pending level, by what fires next; `total` counts
    all of them, `running`, `paused` and `breached` all their clocks. `next_cursor` asks for what
    comes behind this page, as long as there is something.
    """

    queue_id: str
    hours: HoursNow
    total: int
    running: int
    paused: int
    breached: int
    conversations: tuple[Promised, ...]
    next_cursor: str | None


def queue_clocks(
    state: PartitionState, desk: DeskKey, queue_id: str, *, cursor: str = "", limit: int = 50
) -> QueueClocks:
    """The queue's clocks behind the cursor; KeyError for a queue that is not configured.

    Raises InvalidInputError for a cursor that never was given out.
    """
    hours = hours_now(state, desk, queue_id)
    after = _read(cursor)
    answers = [promised(state, name) for name in sorted(_conversations(state, desk, queue_id))]
    in_order = sorted(answers, key=_place)
    behind = [one for one in in_order if after is None or _place(one) > after]
    page = behind[: min(limit, PAGE_MAX)]
    clocks = [clock.state for answer in answers for clock in answer.clocks]
    return QueueClocks(
        queue_id=queue_id,
        hours=hours,
        total=len(answers),
        running=clocks.count("running"),
        paused=clocks.count("paused"),
        breached=clocks.count("breached"),
        conversations=tuple(page),
        next_cursor=_told(_place(page[-1])) if len(behind) > len(page) else None,
    )


def _conversations(state: PartitionState, desk: DeskKey, queue_id: str) -> set[str]:
    """The conversations whose promises or escalations were seen in this queue last."""
    here = (*desk, queue_id)
    return {
        one.conversation_id
        for kind in ("sla_instance", "escalation")
        for one in cast("Iterable[SlaInstance | Escalation]", state.tables[kind].values())
        if (one.tenant_id, one.desk_id, one.queue_id) == here
    }


def _place(answer: Promised) -> tuple[int, str]:
    firing = answer.next_firing
    return (firing.at_ms if firing is not None else _NEVER_MS, answer.conversation_id)


def _told(place: tuple[int, str]) -> str:
    return f"{place[0]}.{place[1]}"


def _read(cursor: str) -> tuple[int, str] | None:
    if not cursor:
        return None
    at_ms, dot, conversation_id = cursor.partition(".")
    if not dot or not at_ms.isascii() or not at_ms.isdigit():
        raise InvalidInputError("cursor: not one of ours")
    return int(at_ms), conversation_id
