"""Rules about what came in: whatever got a 2xx is in the log once by id, filed once, and true."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from libs.common.contracts.decisions import MessageFiled
from libs.common.contracts.events import CustomerEventRecorded, MessageReceived
from libs.common.contracts.wire import Event
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History

EVENTS_DOOR = "events"
_SUCCESS = range(200, 300)

_Key = tuple[str, str]


def acknowledged_messages_are_in_the_log(history: History) -> Iterator[Finding]:
    """Each acknowledged message is one event by id, with its text, in its endpoint's tenant."""
    events = _messages_by_key(history)
    for key, line in acknowledged(history).items():
        found = events.get(key, {})
        if not found:
            yield _finding("nothing acknowledged is lost", key, "no event")
        elif len(found) > 1:
            yield _finding("a message is one event", key, f"ids {sorted(found)}")
        for event in found.values():
            yield from _is_true(history, key, event, line)


def the_log_holds_what_was_sent(history: History) -> Iterator[Finding]:
    """No message event comes from nowhere."""
    sent = {_key(line) for line in history.material.outside if line["kind"] == "sent"}
    for key in sorted(set(_messages_by_key(history)) - sent):
        yield _finding("events come from outside", key, "nobody sent it")


def acknowledged_messages_are_filed_once(history: History) -> Iterator[Finding]:
    """Each acknowledged message's event has exactly one `MessageFiled` that counts."""
    filed: dict[str, list[str]] = defaultdict(list)
    for placed, message in history.of_type(MessageFiled):
        filed[message.message_id].append(placed.place)
    events = _messages_by_key(history)
    for key in acknowledged(history):
        for event_id in events.get(key, {}):
            places = filed.get(event_id, [])
            if len(places) != 1:
                seen = ", ".join(places) or "nowhere"
                yield _finding("a message is filed once", key, f"{event_id}: {seen}")


def acknowledged_actions_are_in_the_log(history: History) -> Iterator[Finding]:
    """Each agent's request that got a 2xx is an event under the id that the answer named."""
    tenants = {placed.event.id: placed.event.tenant_id for placed in history.events if placed.event}
    for line in history.material.outside:
        if line["kind"] == "acted" and line["status"] in _SUCCESS:
            key = (line["subject"], line["path"])
            if line["event_id"] not in tenants:
                yield _finding("nothing acknowledged is lost", key, f"no {line['event_id']}")
            elif tenants[line["event_id"]] != line["tenant_id"]:
                yield _finding("tenants don't mix", key, tenants[line["event_id"]])


def acknowledged_customer_events_are_kept_once(history: History) -> Iterator[Finding]:
    """Each order or visit that was acknowledged is one event by id and one timeline entry."""
    ids: dict[str, set[str]] = defaultdict(set)
    for placed in history.customer_events:
        if placed.event is not None and isinstance(placed.event.data, CustomerEventRecorded):
            ids[placed.event.data.summary].add(placed.event.id)
    entries: dict[str, int] = defaultdict(int)
    for entry in history.material.timeline:
        if entry["origin"] == "customer":
            entries[entry.get("details", {}).get("summary", "")] += 1
    for line in history.material.outside:
        if line["kind"] == "sent" and line["channel"] == EVENTS_DOOR and line["status"] in _SUCCESS:
            found = (len(ids[line["text"]]), entries[line["text"]])
            if found != (1, 1):
                seen = f"{found[0]} event ids, {found[1]} timeline entries"
                yield _finding("a customer event is kept once", _key(line), seen)


def acknowledged(history: History) -> Mapping[_Key, Mapping[str, Any]]:
    """The messages that got a 2xx at least once, by endpoint and the provider's own id."""
    return {
        _key(line): line
        for line in history.material.outside
        if line["kind"] == "sent" and line["channel"] != EVENTS_DOOR and line["status"] in _SUCCESS
    }


def _is_true(
    history: History, key: _Key, event: Event, line: Mapping[str, Any]
) -> Iterator[Finding]:
    endpoint = history.material.endpoints[key[0]]
    if (event.tenant_id, event.desk_id) != (endpoint.tenant_id, endpoint.desk_id):
        yield _finding("tenants don't mix", key, f"{event.tenant_id}/{event.desk_id}")
    if isinstance(event.data, MessageReceived) and event.data.content.text != line["text"]:
        yield _finding("a message keeps its text", key, "another text")


def _messages_by_key(history: History) -> dict[_Key, dict[str, Event]]:
    found: dict[_Key, dict[str, Event]] = defaultdict(dict)
    for placed in history.events:
        event = placed.event
        if event is not None and isinstance(event.data, MessageReceived):
            key = (event.data.reply_to.endpoint_id, event.data.provider_message_id)
            found[key][event.id] = event
    return found


def _key(line: Mapping[str, Any]) -> _Key:
    return (line["endpoint_id"], line["provider_message_id"])


def _finding(rule: str, key: _Key, seen: str) -> Finding:
    return Finding(rule=rule, subject="/".join(key), seen=seen)
