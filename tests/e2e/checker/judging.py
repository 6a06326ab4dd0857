"""All rules, applied to one run."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from libs.common.contracts.decisions import (
    ConversationOpened,
    DeliveryFiled,
    EscalationFired,
    MessageFiled,
    ReplyFiled,
    WorkItemAssigned,
)
from tests.e2e.checker import (
    conversation_rules,
    delivery_rules,
    log_rules,
    message_rules,
    tenant_rules,
    timeline_rules,
    work_rules,
)
from tests.e2e.checker.findings import Finding, Report
from tests.e2e.checker.history import History
from tests.e2e.checker.material import Material

Rule = Callable[[History], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    log_rules.every_event_is_decided_once,
    log_rules.records_name_their_event,
    log_rules.an_event_id_takes_effect_once,
    message_rules.acknowledged_messages_are_in_the_log,
    message_rules.the_log_holds_what_was_sent,
    message_rules.acknowledged_messages_are_filed_once,
    message_rules.acknowledged_actions_are_in_the_log,
    message_rules.acknowledged_customer_events_are_kept_once,
    conversation_rules.conversations_are_threads,
    work_rules.work_adds_up,
    delivery_rules.replies_reach_their_provider,
    delivery_rules.only_filed_replies_go_out,
    delivery_rules.deliveries_are_filed,
    delivery_rules.escalations_are_told_once,
    timeline_rules.filed_is_remembered_once,
    timeline_rules.the_timeline_keeps_log_order,
    timeline_rules.replies_show_their_delivery,
    tenant_rules.decisions_stay_on_their_desk,
    tenant_rules.events_lie_under_their_desk,
    tenant_rules.agents_hear_only_of_their_tenant,
    tenant_rules.the_timeline_keeps_tenants_apart,
)


def check(material: Material, rules: Sequence[Rule] = RULES) -> Report:
    """Judge a run that has settled, by all rules or by these. Nothing is fixed, forgiven or
    guessed.
    """
    history = History.of(material)
    findings = [*history.counting.findings, *_dead_letters(material)]
    for rule in rules:
        findings.extend(rule(history))
    return Report(findings=tuple(findings), looked_at=_looked_at(history))


def _dead_letters(material: Material) -> Iterator[Finding]:
    for letter in material.dead_letters:
        headers = dict(letter.headers)
        place = headers.get("x-origin", b"").decode()
        yield Finding(
            rule="no dead letters", subject=place, seen=headers.get("x-error", b"").decode()
        )


def _looked_at(history: History) -> Counter[str]:
    material = history.material
    types = Counter(type(placed.decision) for placed in history.decisions)
    return Counter(
        {
            "messages acknowledged": len(message_rules.acknowledged(history)),
            "events": len(history.events),
            "customer events": len(history.customer_events),
            "counted records": sum(map(len, history.counting.counted.values())),
            "void records": history.counting.void,
            "epochs": history.counting.epochs,
            "conversations": types[ConversationOpened],
            "messages filed": types[MessageFiled],
            "assignments": types[WorkItemAssigned],
            "replies filed": types[ReplyFiled],
            "outcomes filed": types[DeliveryFiled],
            "escalations": types[EscalationFired],
            "replies at providers": sum(line["kind"] == "reached" for line in material.outside),
            "timeline entries": len(material.timeline),
        }
    )
