"""What people see of the router: what it publishes is counted."""

from dataclasses import replace

from prometheus_client import REGISTRY

from libs.common import clock
from libs.common.contracts.decisions import EventRefused
from libs.common.contracts.records import DecisionRecord, EpochStarted
from libs.common.contracts.terms import RefusalReason
from libs.common.contracts.topics import routing_key
from services.router import observation
from services.router.core.ownership_effects import PublishRecord

PARTITION = 5
REFUSED = EventRefused(tenant_id="", desk_id="", reason=RefusalReason.UNDECODABLE, event_type="")
RECORD = DecisionRecord(
    epoch=1,
    number=1,
    event_offset=1,
    event_id="event-1",
    event_type="",
    now_ms=1,
    decisions=(REFUSED, REFUSED),
)


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def _published(record: DecisionRecord | EpochStarted) -> PublishRecord:
    appended_ms = clock.now_ms() - 2_000
    return PublishRecord(number=1, record=record, value=b"", headers=[], appended_at_ms=appended_ms)


def _count(name: str) -> float:
    return _value("switchboard_router_decisions_total", type=name)


def test_an_event_and_each_of_its_decisions_are_counted_with_their_age() -> None:
    """By partition, and by type of decision."""
    partition = {"partition": str(PARTITION)}
    before = _count("event_refused")

    observation.published(PARTITION, [_published(RECORD), _published(RECORD)])

    assert _value("switchboard_router_events_total", **partition) == 2
    assert _count("event_refused") == before + 4
    assert 2 <= _value("switchboard_router_event_age_seconds", **partition) < 10


def test_a_record_is_keyed_by_the_desk_of_its_first_decision() -> None:
    """For people who look at the topic; an epoch's start and an empty record have no desk."""
    of_desk = replace(REFUSED, tenant_id="acme", desk_id="support")

    keys = [
        _published(replace(RECORD, decisions=decisions)).key
        for decisions in ((of_desk, REFUSED), ())
    ]

    assert keys == [routing_key("acme", "support"), None]


def test_an_epochs_start_is_no_event() -> None:
    """Nothing is counted for it."""
    partition = {"partition": "4"}
    started = EpochStarted(nonce="n", owner="o", engine_version="2", prior_epoch=-1)

    observation.published(4, [_published(started)])

    assert _value("switchboard_router_events_total", **partition) == 0
