"""Forged memories that the balance must find wrong, and a true one that it must not."""

from collections import Counter
from typing import Any

import pytest

from demo.accounts.balance import balance_of
from demo.accounts.expected import Expected, Reply
from libs.common.contracts.terms import AddressFamily

Entries = list[dict[str, Any]]


def _expected() -> Expected:
    return Expected(
        messages={"7": {"m1", "m2"}},
        families={"7": AddressFamily.TELEGRAM},
        events=Counter({"7": 1}),
        accepted_replies={"r1"},
        received=Counter({Reply("7", "Good day"): 1}),
    )


def _entry(kind: str, identifier: str, **fields: object) -> dict[str, Any]:
    return {
        "kind": kind,
        "origin": "routing",
        "entry_id": f"message/{identifier}",
        "address": "7",
        **fields,
    }


def _entries() -> Entries:
    return [
        _entry("message", "m1"),
        _entry("message", "m2"),
        _entry("order_placed", "o1", origin="customer"),
        _entry("reply", "r1", agent_id="anna", content={"text": "Good  day"}),
        _entry("message", "m9", address="another address of the same customer"),
    ]


def test_a_notice_of_the_house_is_a_reply_that_no_agent_sent() -> None:
    """It has to reach its customer like any other, and is no agent's answer."""
    notice = _entry("reply", "n1", agent_id="", content={"text": "We are closed"})
    expected = _expected()

    lost = balance_of(expected, {"7": [*_entries(), notice]})
    expected.received[Reply("7", "We are closed")] += 1
    balance = balance_of(expected, {"7": [*_entries(), notice]})

    assert (lost.lost, lost.doubled) == (("reply at its provider",), ())
    assert balance.holds
    assert balance.replies == 1


def test_everything_once_is_in_balance() -> None:
    """What was sent is there, and so is what was answered."""
    balance = balance_of(_expected(), {"7": _entries()})

    assert balance.holds
    assert (balance.messages, balance.events, balance.replies) == (2, 1, 1)


@pytest.mark.parametrize("place", range(4))
def test_whatever_is_missing_is_lost(place: int) -> None:
    """A message, an event or a reply that the timeline does not show."""
    entries = _entries()
    del entries[place]

    balance = balance_of(_expected(), {"7": entries})

    assert not balance.holds
    assert balance.lost


@pytest.mark.parametrize("place", range(4))
def test_whatever_is_there_twice_is_doubled(place: int) -> None:
    """A message, an event or a reply that the timeline shows again."""
    entries = _entries()
    entries.append(entries[place])

    balance = balance_of(_expected(), {"7": entries})

    assert not balance.holds
    assert balance.doubled


def test_a_message_that_nobody_sent_is_doubled() -> None:
    """It was made of another one, whatever its id."""
    balance = balance_of(_expected(), {"7": [*_entries(), _entry("message", "m3")]})

    assert balance.doubled == ("message m3",)


def test_a_customer_whom_the_memory_does_not_know_is_lost() -> None:
    """Everything of theirs is missing."""
    balance = balance_of(_expected(), {})

    assert len(balance.lost) == 4


@pytest.mark.parametrize(("count", "verdict"), [(0, "lost"), (2, "doubled")])
def test_what_the_provider_received_counts(count: int, verdict: str) -> None:
    """The timeline alone proves nothing of what the customer saw."""
    expected = _expected()
    expected.received[Reply("7", "Good day")] = count

    balance = balance_of(expected, {"7": _entries()})

    assert getattr(balance, verdict) == ("reply at its provider",)


def test_a_reply_that_was_refused_is_not_lost() -> None:
    """Its agent was told so; other refused events are no replies at all."""
    entries = [entry for entry in _entries() if entry["kind"] != "reply"]
    expected = _expected()
    expected.received.clear()

    balance = balance_of(expected, {"7": entries}, refused=["r1", "an acceptance"])

    assert balance.holds
