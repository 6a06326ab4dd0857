"""The decisions about a conversation's clocks in full: whose they are, and what falls due when."""

from typing import Literal

from libs.common.contracts import decisions as d
from services.router.core.promises import SlaClock, SlaInstance
from services.router.core.sla import terms_of
from services.router.core.turn import Turn


def set_clocks(
    turn: Turn,
    instance: SlaInstance,
    clocks: tuple[d.RunningClock, ...],
    *,
    cause: Literal["message", "resumed", "moved"],
    queue_id: str | None = None,
    terms_id: str | None = None,
) -> None:
    """These clocks run (on) from now; the queue and the calendar stay unless they are named."""
    turn.emit(
        d.SlaClocksSet(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            queue_id=queue_id or instance.queue_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            calendar_terms_id=terms_id or instance.calendar_terms_id,
            cause=cause,
            clocks=clocks,
        )
    )


def pause_clocks(turn: Turn, instance: SlaInstance, rests: tuple[d.PausedClock, ...]) -> None:
    """The clocks that ran stand still with what is left of them."""
    if not rests:
        return
    turn.emit(
        d.SlaClocksPaused(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            clocks=rests,
        )
    )


def tell_at_risk(
    turn: Turn,
    instance: SlaInstance,
    clock: SlaClock,
    *,
    at_risk_ms: int,
    expected_ms: int | None = None,
) -> None:
    """So much of the target has passed that it is at risk, or the item's turn is expected to come
    too late.
    """
    turn.emit(
        d.SlaAtRisk(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            queue_id=instance.queue_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            target=clock.target,
            at_risk_ms=at_risk_ms,
            due_ms=clock.due_ms or 0,
            cause="share" if expected_ms is None else "predicted",
            expected_ms=expected_ms,
        )
    )


def tell_breach(turn: Turn, instance: SlaInstance, clock: SlaClock) -> None:
    """The target was not kept."""
    turn.emit(
        d.SlaBreached(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            queue_id=instance.queue_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            target=clock.target,
            due_ms=clock.due_ms or 0,
        )
    )


def meet_clock(turn: Turn, instance: SlaInstance, clock: SlaClock) -> None:
    """What was promised has happened."""
    turn.emit(
        d.SlaMet(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            queue_id=instance.queue_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            target=clock.target,
            started_ms=clock.started_ms,
            due_ms=clock.due_ms,
            late_ms=max(0, turn.now_ms - clock.due_ms) if clock.due_ms is not None else 0,
            was_breached=clock.breached_since_ms is not None,
        )
    )


def end_clocks(turn: Turn, instance: SlaInstance) -> None:
    """The conversation is closed: what is still open nobody owes any more."""
    turn.emit(
        d.SlaEnded(
            tenant_id=instance.tenant_id,
            desk_id=instance.desk_id,
            work_item_id=instance.work_item_id,
            conversation_id=instance.conversation_id,
            policy_id=terms_of(turn.state, instance).policy.sla_policy_id,
            canceled=tuple(clock.target for clock in instance.clocks),
        )
    )
