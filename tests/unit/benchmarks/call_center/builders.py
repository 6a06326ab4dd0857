"""Calls, callers and whole synthetic call centres in few words."""

from random import Random

from benchmarks.call_center.calls import Caller, CallOutcome, CustomerClass, LoggedCall, Shift


def a_call(call_id: str, **changes: object) -> LoggedCall:
    """An answered call of an ordinary customer who waited 30 s and talked for 60."""
    fields: dict[str, object] = {
        "customer_class": CustomerClass.ORDINARY,
        "call_type": "ps",
        "arrives_ms": 0,
        "wait_ms": 30_000,
        "outcome": CallOutcome.ANSWERED,
        "talk_ms": 60_000,
        "agent_id": "ann",
    }
    return LoggedCall(call_id=call_id, **{**fields, **changes})  # type: ignore[arg-type]


def abandoned(call_id: str, **changes: object) -> LoggedCall:
    """A call of somebody who hung up."""
    gone: dict[str, object] = {"outcome": CallOutcome.ABANDONED, "talk_ms": 0, "agent_id": None}
    return a_call(call_id, **{**gone, **changes})


def a_caller(call_id: str, **changes: object) -> Caller:
    """An ordinary customer who calls at 0, waits a minute at most, and talks for ten seconds."""
    fields: dict[str, object] = {
        "customer_class": CustomerClass.ORDINARY,
        "call_type": "ps",
        "arrives_ms": 0,
        "patience_ms": 60_000,
        "handling_ms": 10_000,
    }
    return Caller(call_id=call_id, **{**fields, **changes})  # type: ignore[arg-type]


def a_shift(agent_id: str, from_ms: int = 0, to_ms: int = 1_000_000) -> Shift:
    """An agent's presence."""
    return Shift(agent_id=agent_id, from_ms=from_ms, to_ms=to_ms)


def random_callers(
    count: int, *, arrivals: float, services: float, hang_ups: float, seed: int
) -> list[Caller]:
    """Memoryless callers at these rates per second: what Erlang-A is about."""
    random = Random(seed)
    now_s, callers = 0.0, []
    for number in range(count):
        now_s += random.expovariate(arrivals)
        callers.append(
            a_caller(
                f"call-{number:06d}",
                customer_class=list(CustomerClass)[number % 3],
                arrives_ms=round(now_s * 1_000),
                patience_ms=round(random.expovariate(hang_ups) * 1_000),
                handling_ms=round(random.expovariate(services) * 1_000),
            )
        )
    return callers
