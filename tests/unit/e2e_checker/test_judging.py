"""The checker accepts a good history and rejects each forged one, by the rule that it breaks."""

import pytest

from libs.common.contracts import decisions as d
from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from libs.common.contracts.records import DecisionRecord
from tests.e2e.checker import check
from tests.unit.e2e_checker import deciding as good
from tests.unit.e2e_checker.forgeries import FORGED, Forge
from tests.unit.e2e_checker.forging import START_MS, Written
from tests.unit.e2e_checker.good_history import good_history
from tests.unit.e2e_checker.good_teamwork import good_teamwork
from tests.unit.e2e_checker.teamwork_forgeries import FORGED_TEAMWORK


def test_a_good_history_is_accepted_after_a_look_at_all_of_it() -> None:
    """Nothing is found in a good run, and the report says how much was examined."""
    report = check(good_history().material())

    assert report.to_text().startswith("nothing contradicts")
    assert report.looked_at["messages acknowledged"] == 4
    assert report.looked_at["counted records"] == 16
    assert report.looked_at["epochs"] == 3
    assert report.is_good


def test_a_frozen_owners_record_is_void_for_the_checker_too() -> None:
    """A record of a superseded epoch, with effects that would contradict, changes nothing."""
    run = good_history()
    late = DecisionRecord(
        epoch=0,
        number=8,
        event_offset=7,
        event_id="m3",
        event_type=e.MessageReceived.type,
        now_ms=START_MS + 9_000,
        decisions=(good.offered(8, 1, "ben"),),
    )
    run.written.append(Written(0, late))

    report = check(run.material())

    assert report.is_good
    assert report.looked_at["void records"] == 1


@pytest.mark.parametrize(("forge", "rule"), FORGED, ids=[forge.__name__ for forge, _ in FORGED])
def test_each_forged_history_is_rejected(forge: Forge, rule: str) -> None:
    """One mistake in a good history is found, and the rule that it breaks is named."""
    run = good_history()
    forge(run)

    report = check(run.material())

    assert rule in report.rules_broken, report.to_text()


def test_good_teamwork_is_accepted() -> None:
    """A broadcast, a successor, a transfer to an agent, and a customer who hung up."""
    report = check(good_teamwork().material())

    assert report.to_text().startswith("nothing contradicts")
    assert report.looked_at["conversations"] == 3


@pytest.mark.parametrize(
    ("forge", "rule"), FORGED_TEAMWORK, ids=[forge.__name__ for forge, _ in FORGED_TEAMWORK]
)
def test_each_forged_teamwork_is_rejected(forge: Forge, rule: str) -> None:
    """One mistake in good teamwork is found, and the rule that it breaks is named."""
    run = good_teamwork()
    forge(run)

    report = check(run.material())

    assert rule in report.rules_broken, report.to_text()


def test_a_capacity_that_was_lowered_revokes_nothing() -> None:
    """An agent over a new, lower limit keeps the work; only something new would be wrong."""
    run = good_history()
    lowered = d.ConfigurationApplied(
        **good.ACME,
        version=2,
        configuration=DeskConfiguration.model_validate(
            good.configuration("anna", "ben", capacity_units=0).model_dump()
        ),
    )
    run.happen("cfg3", e.DeskConfigured(configuration=lowered.configuration), [lowered])

    assert check(run.material()).is_good


def test_parking_above_a_lowered_capacity_is_right() -> None:
    """It gives units back; only what is put on top of them would have to fit."""
    run = good_teamwork()
    lowered = d.ConfigurationApplied(
        **good.ACME, version=2, configuration=good.configuration("anna", "ben", capacity_units=0)
    )
    run.happen("cfg2", e.DeskConfigured(configuration=lowered.configuration), [lowered])
    parked = d.WorkItemParked(
        **good.ACME, work_item_id="i21", conversation_id="c21", agent_id="ben", held_weight=1
    )
    request = e.ParkRequested(agent_id="ben", conversation_id="c21")
    run.happen("k1", request, [parked])

    assert check(run.material()).is_good
