"""How dialogues become episodes."""

import json
from pathlib import Path
from typing import Any

from demo.traffic.dialogues import FILE, read_dialogues


def _said(agent: str, text: str, action: str = "utter") -> dict[str, Any]:
    return {"Agent": agent, "Action": action, "Text": text}


def _write(folder: Path, *dialogues: dict[str, Any]) -> None:
    path = folder / FILE
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(json.dumps(dialogue) for dialogue in dialogues), encoding="utf-8")


def _dialogue(
    *events: dict[str, Any], task: str = "ride_status", **scenario: object
) -> dict[str, Any]:
    about = {"Happy": True, "MultiTask": False, "WizardCapabilities": [{"Task": task}], **scenario}
    return {"Scenario": about, "Events": list(events)}


def test_what_one_side_says_in_a_row_is_one_utterance(tmp_path: Path) -> None:
    """The customer begins, the turns alternate, and what is no speech is left out."""
    _write(
        tmp_path,
        _dialogue(
            _said("Wizard", "Hello!"),
            _said("User", "Where is my ride?"),
            _said("User", "I am waiting."),
            _said("Wizard", "name", action="request_suggestions"),
            _said("Wizard", "Your name, please?", action="pick_suggestion"),
            _said("User", "Alexis"),
            _said("Wizard", "It is 4 minutes away."),
            _said("User", "Thanks"),
        ),
    )

    [episode] = read_dialogues(tmp_path, at_most=9)

    assert [(exchange.asked, exchange.answered) for exchange in episode.exchanges] == [
        ("Where is my ride?\nI am waiting.", "Your name, please?"),
        ("Alexis", "It is 4 minutes away."),
    ]
    assert episode.topic == "ride"


def test_dialogues_that_left_their_script_are_left_out(tmp_path: Path) -> None:
    """Only what one page of a website could be about is played."""
    turns = (_said("User", "Hi"), _said("Wizard", "Hello"))
    _write(
        tmp_path,
        _dialogue(*turns, Happy=False),
        _dialogue(*turns, MultiTask=True),
        _dialogue(*turns, task="trivia"),
        _dialogue(*turns * 6),
    )

    assert read_dialogues(tmp_path, at_most=9) == []


def test_topics_take_turns(tmp_path: Path) -> None:
    """Whatever the file's order, all queues have something to do from the beginning."""
    turns = (_said("User", "Hi"), _said("Wizard", "Hello"))
    tasks = ("ride_status", "ride_change", "bank_balance")
    _write(tmp_path, *(_dialogue(*turns, task=task) for task in tasks))

    episodes = read_dialogues(tmp_path, at_most=2)

    assert [episode.topic for episode in episodes] == ["bank", "ride"]
