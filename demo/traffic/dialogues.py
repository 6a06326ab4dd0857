"""English service dialogues (STAR): what the customer wrote, and what the wizard replied."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from demo.traffic.episodes import Episode, Exchange, Source, mixed

FILE = "star_dialogues/dialogues_train.jsonl"
# Longer dialogues are left out rather than cut: each is played to its end.
EXCHANGES_MAX = 5
# Which page of the website a dialogue about this task would be opened on.
TOPICS = {
    "bank_balance": "bank",
    "bank_fraud_report": "bank",
    "doctor_followup": "doctor",
    "hotel_service_request": "hotel",
    "ride_change": "ride",
    "ride_status": "ride",
}


def read_dialogues(folder: Path, *, at_most: int) -> list[Episode]:
    """Whole dialogues about one task that went as planned, the topics taking turns."""
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    by_topic: dict[str, list[Episode]] = {topic: [] for topic in sorted(set(TOPICS.values()))}
    for dialogue in (json.loads(line) for line in lines):
        topic, exchanges = _topic_of(dialogue["Scenario"]), _exchanges(dialogue["Events"])
        if topic and 0 < len(exchanges) <= EXCHANGES_MAX:
            by_topic[topic].append(_episode(topic, exchanges))
    return mixed(*by_topic.values())[:at_most]


def _topic_of(scenario: Mapping[str, Any]) -> str | None:
    if scenario["MultiTask"] or not scenario["Happy"]:
        return None
    return TOPICS.get(scenario["WizardCapabilities"][0]["Task"])


def _episode(topic: str, exchanges: list[Exchange]) -> Episode:
    return Episode(
        source=Source.DIALOGUES,
        language="en",
        topic=topic,
        exchanges=tuple(exchanges),
    )


def _exchanges(events: Iterable[Mapping[str, Any]]) -> list[Exchange]:
    """The turns: what one side says in a row is one utterance; the customer begins."""
    turns: list[tuple[str, list[str]]] = []
    for event in events:
        text = _said(event)
        if not text:
            continue
        if turns and turns[-1][0] == event["Agent"]:
            turns[-1][1].append(text)
        else:
            turns.append((event["Agent"], [text]))
    if turns and turns[0][0] != "User":
        del turns[0]
    spoken = ["\n".join(texts) for _, texts in turns]
    return [
        Exchange(asked=asked, answered=answered)
        for asked, answered in zip(spoken[::2], spoken[1::2], strict=False)
    ]


def _said(event: Mapping[str, Any]) -> str:
    is_customer = event["Agent"] == "User" and event["Action"] == "utter"
    is_wizard = event["Agent"] == "Wizard" and event["Action"] in {"pick_suggestion", "utter"}
    return str(event.get("Text", "")).strip() if is_customer or is_wizard else ""
