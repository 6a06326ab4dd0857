"""Rules about what goes out: each filed reply reaches its provider, and nothing else does."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from libs.common.contracts.decisions import DeliveryFiled, EscalationFired, ReplyFiled
from libs.common.contracts.terms import DeliveryOutcome
from tests.e2e.checker.findings import Finding
from tests.e2e.checker.history import History

_Key = tuple[str, str, str]


def replies_reach_their_provider(history: History) -> Iterator[Finding]:
    """Each filed reply reached the provider of its endpoint at least once, always under one id."""
    reached = _reached(history)
    for placed, reply in history.of_type(ReplyFiled):
        lines = reached.get(_key_of(history, reply), [])
        if not lines:
            yield _finding("every reply is delivered", reply.reply_id, f"{placed.place}: never")
        ids = {line["provider_message_id"] for line in lines}
        # Telegram numbers every message by itself; the others know ours again.
        if reply.reply_to.channel != "telegram" and len(ids) > 1:
            yield _finding("a reply has one id outside", reply.reply_id, f"{sorted(ids)}")


def only_filed_replies_go_out(history: History) -> Iterator[Finding]:
    """Whatever reached a provider was filed, for that endpoint and address, with that text."""
    filed = {_key_of(history, reply) for _, reply in history.of_type(ReplyFiled)}
    for key, lines in _reached(history).items():
        if key not in filed:
            through, address, _ = key
            yield _finding("only filed replies go out", f"{through}/{address}", f"{len(lines)}")


def deliveries_are_filed(history: History) -> Iterator[Finding]:
    """Each reply has a filed outcome that says it went out, and no outcome lacks its reply."""
    filed: dict[str, tuple[str, str]] = {}
    went_out: set[str] = set()
    for placed in history.decisions:
        decision = placed.decision
        if isinstance(decision, ReplyFiled):
            if decision.reply_id in filed:
                yield _finding("a reply is filed once", decision.reply_id, placed.place)
            filed[decision.reply_id] = (decision.tenant_id, decision.desk_id)
        elif isinstance(decision, DeliveryFiled):
            if filed.get(decision.reply_id) != (decision.tenant_id, decision.desk_id):
                yield _finding("outcomes have a reply", decision.reply_id, placed.place)
            if decision.outcome is not DeliveryOutcome.FAILED:
                went_out.add(decision.reply_id)
    for reply_id in sorted(set(filed) - went_out):
        yield _finding("every reply's outcome is filed", reply_id, "no outcome that it went out")


def escalations_are_told_once(history: History) -> Iterator[Finding]:
    """Each escalation of a subscribed desk came as one webhook by id, rightly signed."""
    told: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for line in history.material.outside:
        if line["kind"] != "alerted":
            continue
        if not line["is_verified"]:
            yield _finding("webhooks are signed", line["webhook_message_id"], "not verified")
        data = line["told"]["data"]
        told[data["tenant_id"], data["work_item_id"], data["queue_id"]].add(
            line["webhook_message_id"]
        )
    fired = {
        (one.tenant_id, one.work_item_id, one.queue_id)
        for _, one in history.of_type(EscalationFired)
        if (one.tenant_id, one.desk_id) in history.material.alerted_desks and not one.policy_id
    }
    for key in sorted(fired | set(told)):
        expected = 1 if key in fired else 0
        if len(told[key]) != expected:
            seen = f"{len(told[key])} webhooks by id, expected {expected}"
            yield _finding("an escalation is told once", "/".join(key), seen)


def _reached(history: History) -> dict[_Key, list[Mapping[str, Any]]]:
    found: dict[_Key, list[Mapping[str, Any]]] = defaultdict(list)
    for line in history.material.outside:
        if line["kind"] == "reached":
            found[line["through"], line["address"], line["text"]].append(line)
    return found


def _key_of(history: History, reply: ReplyFiled) -> _Key:
    endpoint = history.material.endpoints[reply.reply_to.endpoint_id]
    return (endpoint.through, reply.reply_to.address, reply.content.text)


def _finding(rule: str, subject: str, seen: str) -> Finding:
    return Finding(rule=rule, subject=subject, seen=seen)
