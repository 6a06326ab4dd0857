"""The verdict on a run: the checker's rules on both logs, every record decided once more by a fresh
engine, and each save held against the fold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from libs.common.contracts.records import encode_record
from libs.common.contracts.topics import ROUTING_DECISIONS, ROUTING_EVENTS, dead_letter_topic
from libs.common.decision_log import LogContradictionError
from services.router.core.engine import Engine
from services.router.core.ownership_deciding import attempt
from services.router.core.ownership_effects import StoredSave
from tests.chaos.desks import Desk, Outside
from tests.chaos.firings import what_is_due_fires_once_and_in_time
from tests.e2e.checker import (
    Finding,
    Material,
    Report,
    check,
    conversation_rules,
    log_rules,
    message_rules,
    tenant_rules,
    work_rules,
)
from tests.e2e.checker.counting import Counted, count
from tests.e2e.checker.history import History, PlacedEvent
from tests.e2e.checker.judging import Rule
from tests.e2e.checker.reading import reading
from tests.integration.services.router.log_check import check_saves

FOLLOWING = "records follow from the log"


def every_record_is_decided_alike(history: History) -> Iterator[Finding]:
    """A fresh engine that decides all events from the first one on says the same, byte for byte:
    no record contradicts the log before it, whoever wrote it.
    """
    events = {(event.raw.partition, event.raw.offset): event for event in history.events}
    for partition, counted in sorted(history.counting.counted.items()):
        engine = Engine()
        for one in counted:
            placed = events.get((partition, one.record.event_offset))
            if placed is None or not _is_alike(engine, one, placed):
                seen = f"event {one.record.event_offset} is decided otherwise"
                yield Finding(rule=FOLLOWING, subject=one.place, seen=seen)
                # What follows a wrong record is decided of another state.
                break


RULES: tuple[Rule, ...] = (
    log_rules.every_event_is_decided_once,
    log_rules.records_name_their_event,
    log_rules.an_event_id_takes_effect_once,
    message_rules.acknowledged_messages_are_in_the_log,
    message_rules.the_log_holds_what_was_sent,
    message_rules.acknowledged_messages_are_filed_once,
    message_rules.acknowledged_actions_are_in_the_log,
    conversation_rules.conversations_are_threads,
    work_rules.work_adds_up,
    tenant_rules.decisions_stay_on_their_desk,
    tenant_rules.events_lie_under_their_desk,
    what_is_due_fires_once_and_in_time,
)


async def collect(
    bootstrap_servers: str, *, desks: Sequence[Desk], outside: Outside, due: Mapping[int, int]
) -> Material:
    """Both logs when nobody writes any more, without events later than those that are `due` (the
    last offset of each partition) which nobody was left to decide.
    """
    letters = dead_letter_topic(ROUTING_EVENTS)
    async with reading(bootstrap_servers, ROUTING_EVENTS, ROUTING_DECISIONS, letters) as reader:
        await reader.read_to_end()
    cut = dict(due)
    for counted in count(reader.records[ROUTING_DECISIONS]).all():
        cut[counted.partition] = max(cut[counted.partition], counted.record.event_offset)
    return Material(
        outside=tuple(outside.lines),
        events=tuple(
            event
            for event in reader.records[ROUTING_EVENTS]
            if event.offset <= cut[event.partition]
        ),
        decisions=tuple(reader.records[ROUTING_DECISIONS]),
        customer_events=(),
        dead_letters=tuple(reader.records[letters]),
        timeline=(),
        endpoints={desk.endpoint_id: desk.endpoint for desk in desks},
    )


async def judge(
    bootstrap_servers: str, material: Material, saves: Mapping[int, list[StoredSave]]
) -> Report:
    """Every rule on the material; on every partition the saves that were seen, the last of which
    must be that of its last record.
    """
    report = check(material, (*RULES, every_record_is_decided_alike))
    findings = list(report.findings)
    # The fold of a log that contradicts itself means nothing, and most often cannot be made.
    broken = {
        int(finding.subject.split("/")[1]) for finding in findings if finding.rule == FOLLOWING
    }
    for partition in sorted({event.partition for event in material.events} - broken):
        seen = saves.get(partition, [])
        findings.extend(await _judge_saves(bootstrap_servers, partition, seen))
    looked_at = {
        what: number
        for what, number in report.looked_at.items()
        if number or what in ("void records", "escalations")
    }
    looked_at["saves"] = sum(map(len, saves.values()))
    return Report(findings=tuple(findings), looked_at=looked_at)


async def _judge_saves(
    bootstrap_servers: str, partition: int, saves: list[StoredSave]
) -> list[Finding]:
    where = f"partition {partition}"
    try:
        folded = await check_saves(bootstrap_servers, saves, partition)
    except LogContradictionError as error:
        return [Finding(rule="the log folds", subject=where, seen=str(error))]
    except AssertionError as error:
        return [Finding(rule="saves are the fold of the log", subject=where, seen=str(error))]
    last = max(folded.records, default=-1)
    if not saves or saves[-1].position.offset != last:
        seen = f"{saves[-1].position.offset if saves else 'none'}, the last record is {last}"
        return [Finding(rule="the last save is of the last record", subject=where, seen=seen)]
    return []


def _is_alike(engine: Engine, counted: Counted, placed: PlacedEvent) -> bool:
    record = counted.record
    decisions = attempt(
        lambda: engine.decide(
            placed.event,
            event_id=record.event_id,
            event_offset=record.event_offset,
            appended_at_ms=placed.raw.time_ms,
        )
    )
    if isinstance(decisions, Exception):
        return False
    again = replace(record, decisions=decisions, now_ms=engine.now_ms)
    return encode_record(again) == encode_record(record)
