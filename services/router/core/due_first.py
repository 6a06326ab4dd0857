"""Where a conversation stands that has just come: after its credit, and in a queue that orders by
what is due first, by its first response's due time.

What is due first is a head start: as many seconds as the promise leaves less than the desk's
`max_credit_s`. Two whose responses are due within that time stand in the order of their due times;
what is due later, or promised nothing, stands where it came. So all credit together is never more
than `max_credit_s`, and what bounds overtaking (R4, R7) holds for these queues as for others.
"""

from collections.abc import Mapping

from libs.common.contracts.configuration import Route
from libs.common.contracts.terms import SlaTarget
from services.router.core.entities import Desk
from services.router.core.promises import DeskPromises
from services.router.core.sla import counting_of, started, terms_for
from services.router.core.state import PartitionState


def virtual_time_at_arrival(
    state: PartitionState,
    desk: Desk,
    route: Route,
    *,
    queue_id: str,
    channel: str,
    labels: Mapping[str, str],
) -> int:
    """The virtual time of what arrives now in this queue by this route, in milliseconds."""
    most_ms = 1_000 * desk.configuration.policies.max_credit_s
    credit_ms = 1_000 * route.credit_s
    if state.index_of(desk.key).queues[queue_id].order == "due_first":
        due_ms = _due_ms(
            state,
            desk,
            queue_id=queue_id,
            channel=channel,
            strict_class=route.strict_class,
            labels=labels,
        )
        credit_ms += max(0, most_ms - (due_ms - state.now_ms)) if due_ms is not None else 0
    return state.now_ms - min(credit_ms, most_ms)


def _due_ms(
    state: PartitionState,
    desk: Desk,
    *,
    queue_id: str,
    channel: str,
    strict_class: int,
    labels: Mapping[str, str],
) -> int | None:
    """When the first response will be due, by the policy that is going to hold; None: never."""
    promises = state.get(DeskPromises, *desk.key)
    if promises is None:
        return None
    terms_id = terms_for(
        promises, queue_id=queue_id, channel=channel, strict_class=strict_class, labels=labels
    )
    if terms_id is None:
        return None
    terms = promises.terms[terms_id]
    counting = counting_of(state, promises, terms)
    clock = started(terms, SlaTarget.FIRST_RESPONSE, counting, state.now_ms)
    return clock.due_ms if clock is not None else None
