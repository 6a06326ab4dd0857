"""Compares what the outside knows with the timelines: every message, event and reply once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.accounts.expected import Expected, Reply

Entry = Mapping[str, Any]
_SAID = "message/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What was compared, and each thing that is missing or there twice, in one line each."""

    messages: int
    events: int
    replies: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not self.lost and not self.doubled


def balance_of(
    expected: Expected, timelines: Mapping[str, Sequence[Entry]], *, refused: Iterable[str] = ()
) -> Balance:
    """The balance over all customers. `timelines` are by address; a linked customer's timeline
    holds other addresses' entries too, and they are passed over. `refused` are ids of agents'
    events that the router refused, and told them so: such a reply is not lost.
    """
    own = {
        address: [entry for entry in timelines.get(address, ()) if entry["address"] == address]
        for address in expected.messages
    }
    lost: list[str] = []
    doubled: list[str] = []
    for address, entries in own.items():
        _compare("message", expected.messages[address], _ids(entries, "message"), lost, doubled)
        events = Counter({address: expected.events[address]})
        _compare_counts("event", events, Counter({address: _events(entries)}), lost, doubled)
    filed = [entry for entries in own.values() for entry in entries if entry["kind"] == "reply"]
    # The house's own notices, such as that it is closed, are replies that nobody sent.
    by_agents = [entry for entry in filed if entry["agent_id"]]
    known = [*_ids(by_agents, "reply"), *expected.accepted_replies.intersection(refused)]
    _compare("reply", expected.accepted_replies, known, lost, doubled)
    told = Counter(Reply.of(entry["address"], entry["content"]["text"]) for entry in filed)
    _compare_counts("reply at its provider", told, expected.received, lost, doubled)
    return Balance(
        messages=sum(map(len, expected.messages.values())),
        events=sum(expected.events.values()),
        replies=len(by_agents),
        lost=tuple(lost),
        doubled=tuple(doubled),
    )


def _ids(entries: Iterable[Entry], kind: str) -> list[str]:
    return [entry["entry_id"].removeprefix(_SAID) for entry in entries if entry["kind"] == kind]


def _events(entries: Iterable[Entry]) -> int:
    return sum(entry["origin"] == "customer" for entry in entries)


def _compare(
    what: str, wanted: set[str], found: Sequence[str], lost: list[str], doubled: list[str]
) -> None:
    lost += [f"{what} {identifier}" for identifier in sorted(wanted - set(found))]
    doubled += [f"{what} {identifier}" for identifier, count in Counter(found).items() if count > 1]
    # What nobody sent is a message that was made of another one.
    doubled += [f"{what} {identifier}" for identifier in sorted(set(found) - wanted)]


def _compare_counts(
    what: str, wanted: Counter[Any], found: Counter[Any], lost: list[str], doubled: list[str]
) -> None:
    lost += [what] * (wanted - found).total()
    doubled += [what] * (found - wanted).total()
