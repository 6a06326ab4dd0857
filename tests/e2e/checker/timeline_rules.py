"""Rules about the memory: what was filed is in it once, in log order, and nothing else is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from libs.common.contracts.decisions import MessageFiled, ReplyFiled
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History

SAID = ("message", "reply")

_Key = tuple[str, str]


def filed_is_remembered_once(history: History) -> Iterator[Finding]:
    """Every message and reply that was filed has one entry with its text, and no entry lacks it."""
    entries: dict[tuple[_Key, int], list[Mapping[str, Any]]] = defaultdict(list)
    for key, found in _remembered(history).items():
        for entry in found:
            entries[key, entry["sequence"]].append(entry)
    expected = {(_key(one), one.sequence): one for _, one in _all_filed(history)}
    for place in sorted(set(expected) | set(entries)):
        found = entries.get(place, [])
        subject = f"{place[0][0]}/{place[0][1]}#{place[1]}"
        if len(found) != (1 if place in expected else 0):
            yield _finding("filed once, remembered once", subject, f"{len(found)} entries")
        if place in expected and any(
            entry["content"]["text"] != expected[place].content.text for entry in found
        ):
            yield _finding("a message keeps its text", subject, "another text")


def the_timeline_keeps_log_order(history: History) -> Iterator[Finding]:
    """Per conversation the entries, by their stored position, stand in the order of the log."""
    remembered = _remembered(history)
    for key, decisions in _filed(history).items():
        entries = sorted(remembered.get(key, []), key=lambda entry: entry["position"])
        told = [entry["sequence"] for entry in entries]
        filed = [one.sequence for one in decisions]
        if told != filed and sorted(told) == sorted(filed):
            yield _finding("the timeline keeps log order", "/".join(key), f"{told}")


def replies_show_their_delivery(history: History) -> Iterator[Finding]:
    """A reply's entry says that it went out."""
    for entry in history.material.timeline:
        if entry["kind"] == "reply" and entry.get("delivery", {}).get("outcome") not in (
            "sent",
            "delivered",
        ):
            subject = f"{entry['tenant_id']}/{entry['conversation_id']}#{entry['sequence']}"
            yield _finding("replies show their delivery", subject, f"{entry.get('delivery')}")


def _all_filed(history: History) -> Iterator[tuple[str, MessageFiled | ReplyFiled]]:
    for placed in history.decisions:
        if isinstance(placed.decision, MessageFiled | ReplyFiled):
            yield placed.place, placed.decision


def _filed(history: History) -> dict[_Key, list[MessageFiled | ReplyFiled]]:
    found: dict[_Key, list[MessageFiled | ReplyFiled]] = defaultdict(list)
    for _, decision in _all_filed(history):
        found[_key(decision)].append(decision)
    return found


def _remembered(history: History) -> dict[_Key, list[Mapping[str, Any]]]:
    found: dict[_Key, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in history.material.timeline:
        if entry["kind"] in SAID and entry["origin"] == "routing":
            found[entry["tenant_id"], entry["conversation_id"]].append(entry)
    return found


def _key(filed: MessageFiled | ReplyFiled) -> _Key:
    return (filed.tenant_id, filed.conversation_id)


def _finding(rule: str, subject: str, seen: str) -> Finding:
    return Finding(rule=rule, subject=subject, seen=seen)
