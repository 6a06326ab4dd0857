"""The verdict can be bad: a lost, a doubled and a contradictory record are each found."""

from collections.abc import Callable

import pytest

from libs.common.contracts import events as e
from libs.common.contracts.content import Content, ReplyAddress
from libs.common.contracts.terms import AddressFamily
from libs.common.contracts.wire import Event
from services.router.core.engine import Engine
from tests.chaos.forging import contradicted, doubled, lost
from tests.chaos.judging import RULES, every_record_is_decided_alike
from tests.e2e.checker import Material, check
from tests.simulation.desk_workload import DESK, TENANT, configuration
from tests.unit.e2e_checker.forging import Forgery
from tests.unit.e2e_checker.good_history import good_history

ALL = (*RULES, every_record_is_decided_alike)
MESSAGES = 3
Forge = Callable[[Material], Material]


def message(number: int) -> e.MessageReceived:
    """A customer's message."""
    return e.MessageReceived(
        reply_to=ReplyAddress(
            channel="web_chat",
            endpoint_id="site",
            contact_point_id=f"ctp_{number:020x}",
            family=AddressFamily.WEB,
            address=f"customer-{number}",
        ),
        provider_message_id=str(number),
        content=Content(text="Hello?"),
    )


def decided_log() -> Material:
    """One epoch of the real engine on one desk; nobody outside is asked."""
    run, engine = Forgery(endpoints={}), Engine()
    run.take_over(0)
    said = [e.DeskConfigured(configuration=configuration(2)), *map(message, range(MESSAGES))]
    for number, data in enumerate(said):
        run.happen(f"event-{number}", data, desk=(TENANT, DESK))
        event = Event(
            id=f"event-{number}",
            type=data.type,
            tenant_id=TENANT,
            desk_id=DESK,
            time_ms=run.events[-1].time_ms,
            traceparent=None,
            data=data,
        )
        decisions = engine.decide(
            event,
            event_id=event.id,
            event_offset=number,
            appended_at_ms=run.events[-1].time_ms,
        )
        run.change(event.id, decisions=decisions)
    return run.material()


def test_a_run_of_the_real_engine_is_accepted() -> None:
    """What the engine decided is what it decides again."""
    report = check(decided_log(), (every_record_is_decided_alike,))

    assert report.is_good, report.to_text()
    assert report.looked_at["messages filed"] == MESSAGES


def test_a_history_by_hand_is_accepted_by_the_other_rules() -> None:
    """Nothing that a run of routers alone lacks is asked for."""
    report = check(good_history().material(), RULES)

    assert report.is_good, report.to_text()


@pytest.mark.parametrize(
    ("forge", "rule"),
    [
        (lost, "every event is decided"),
        (doubled, "event offsets follow"),
        (doubled, "an event takes effect once"),
        (doubled, "a conversation opens once"),
        (contradicted, "records follow from the log"),
    ],
)
def test_a_forged_run_is_rejected(forge: Forge, rule: str) -> None:
    """Each mistake in a good log breaks the rule that is there for it."""
    report = check(forge(decided_log()), ALL)

    assert rule in report.rules_broken, report.to_text()
