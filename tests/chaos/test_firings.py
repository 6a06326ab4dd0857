"""The verdict on what fell due can be bad: lost, doubled, late, early, and after the answer."""

from collections.abc import Callable
from typing import Any

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts.records import DecisionRecord, EpochStarted, encode_record, headers_of
from libs.common.contracts.terms import SlaTarget
from tests.chaos.firings import firings, what_is_due_fires_once_and_in_time
from tests.chaos.promised import AGAIN_S, AT_RISK_MS, DUE_MS, LEVELS
from tests.e2e.checker import Material, RawRecord, check
from tests.e2e.checker.history import History

BEGAN_MS = 1_000_000
AGAIN_MS = LEVELS[2][2] + 1_000 * AGAIN_S
IDS: dict[str, Any] = {
    "tenant_id": "acme",
    "desk_id": "desk",
    "work_item_id": "item",
    "conversation_id": "conversation",
    "queue_id": "nobodys",
}
# What fires in a record, by its milliseconds after the message.
Plan = dict[int, list[d.AnyDecision]]


def escalated(level: int, due_ms: int, *, repeat: int = 0) -> d.EscalationFired:
    """A level fires that was due so long after the message."""
    due_ms += BEGAN_MS
    return d.EscalationFired(
        **IDS,
        level=level,
        due_ms=due_ms,
        waited_ms=0,
        notify_roles=(),
        policy_id="all-levels",
        terms_id="terms",
        repeat=repeat,
    )


def good_plan() -> Plan:
    """Nobody answers; everything fires at its second."""
    promise = {**IDS, "policy_id": "soon", "target": SlaTarget.FIRST_RESPONSE}
    risk_ms, due_ms = BEGAN_MS + AT_RISK_MS, BEGAN_MS + DUE_MS
    return {
        0: [d.SlaStarted(**IDS, policy_id="soon", terms_id="terms", clocks=())],
        AT_RISK_MS: [
            d.SlaAtRisk(**promise, at_risk_ms=risk_ms, due_ms=due_ms),
            escalated(1, AT_RISK_MS),
        ],
        DUE_MS: [
            d.SlaBreached(**promise, due_ms=due_ms),
            escalated(2, DUE_MS),
            escalated(4, DUE_MS),
        ],
        LEVELS[2][2]: [escalated(3, LEVELS[2][2])],
        AGAIN_MS: [escalated(3, AGAIN_MS, repeat=1)],
    }


def material(plan: Plan, *, taken_over_at: int | None = None) -> Material:
    """The log of one partition; a second owner takes over before what fires at that time."""
    records: list[RawRecord] = []
    epoch = number = 0

    def append(record: DecisionRecord | EpochStarted, time_ms: int) -> None:
        raw = RawRecord(
            partition=0,
            offset=len(records),
            key=None,
            value=encode_record(record),
            headers=tuple(headers_of(record)),
            time_ms=time_ms,
        )
        records.append(raw)

    for event_offset, after_ms in enumerate(sorted(plan)):
        if after_ms in (0, taken_over_at):
            epoch, number = len(records), 0
            owner = EpochStarted(nonce="n", owner=f"o-{epoch}", engine_version="1", prior_epoch=-1)
            append(owner, BEGAN_MS + after_ms)
        number += 1
        record = DecisionRecord(
            epoch=epoch,
            number=number,
            event_offset=event_offset,
            event_id=str(event_offset),
            event_type="",
            now_ms=BEGAN_MS + after_ms,
            decisions=tuple(plan[after_ms]),
        )
        append(record, BEGAN_MS + after_ms)
    return Material(
        outside=(),
        events=(),
        decisions=tuple(records),
        customer_events=(),
        dead_letters=(),
        timeline=(),
        endpoints={},
    )


def broken(found: Material) -> frozenset[str]:
    """The names of the rules that do not hold."""
    return check(found, (what_is_due_fires_once_and_in_time,)).rules_broken


def lost(plan: Plan) -> None:
    """The last repeat never came."""
    plan[AGAIN_MS] = []


def doubled(plan: Plan) -> None:
    """A level fires in another record again."""
    plan[DUE_MS + 1] = [escalated(2, DUE_MS)]


def late(plan: Plan) -> None:
    """The repeat comes 6 s after its time, though nothing stood still."""
    plan[AGAIN_MS + 6_000] = plan.pop(AGAIN_MS)


def early(plan: Plan) -> None:
    """A level fires a millisecond too soon."""
    plan[DUE_MS - 1] = [plan[DUE_MS].pop()]


def at_another_time(plan: Plan) -> None:
    """What fires says that it was due at another time."""
    plan[DUE_MS][-1] = escalated(4, DUE_MS - 1)


def after_completion(plan: Plan) -> None:
    """The conversation is closed before the last levels fire."""
    closed = d.ConversationClosed(
        tenant_id="acme",
        desk_id="desk",
        conversation_id="conversation",
        customer_id="customer",
        agent_id="ann",
    )
    plan[DUE_MS + 1] = [closed]


def test_what_fires_at_its_second_is_accepted() -> None:
    """Each of the seven keys, not a millisecond late."""
    good = material(good_plan())

    assert broken(good) == frozenset()
    assert [one.late_ms for one in firings(History.of(good))] == [0] * 7


@pytest.mark.parametrize(
    ("forge", "rule"),
    [
        (lost, "nothing due is lost"),
        (doubled, "a key fires once"),
        (late, "what is due fires in time"),
        (early, "what fires is due"),
        (at_another_time, "what fires is due"),
        (after_completion, "nothing fires after the answer"),
    ],
)
def test_each_mistake_breaks_its_rule(forge: Callable[[Plan], None], rule: str) -> None:
    """One mistake in a good log."""
    plan = good_plan()
    forge(plan)

    assert rule in broken(material(plan))


def test_an_outage_is_told_apart() -> None:
    """Six seconds late because nobody decided for so long is late, and no mistake."""
    plan = good_plan()
    late(plan)
    outage = material(plan, taken_over_at=AGAIN_MS + 6_000)

    assert broken(outage) == frozenset()
    last = firings(History.of(outage))[-1]
    assert (last.late_ms, last.apart_ms) == (6_000, 0)
