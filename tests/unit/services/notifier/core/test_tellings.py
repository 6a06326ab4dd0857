"""Tests of the table of who is told of what."""

from libs.common.contracts.decisions import DECISION_TYPES
from services.notifier.core.tellings import TELLINGS, UNTOLD


def test_every_type_of_decision_is_told_or_knowingly_not() -> None:
    """A new decision can't be forgotten: it is in exactly one of the two lists."""
    assert set(TELLINGS) | UNTOLD == set(DECISION_TYPES.values())
    assert set(TELLINGS).isdisjoint(UNTOLD)


def test_names_of_tellings_are_distinct() -> None:
    """A client can tell every type of message apart."""
    names = [telling.type for telling in TELLINGS.values()]

    assert len(set(names)) == len(names)


def test_named_fields_exist_in_their_decision() -> None:
    """The table names only fields that the contract has."""
    for decision, telling in TELLINGS.items():
        known = set(decision.__dataclass_fields__)

        assert {*telling.agent_fields, *telling.withheld} <= known
