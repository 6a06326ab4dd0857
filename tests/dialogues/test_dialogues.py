"""Every dialogue is told as it is written, and together they answer what they must."""

import pytest

from tests.dialogues.playing import play
from tests.dialogues.script import Dialogue, chapters, read_chapter

DIALOGUES = [dialogue for path in chapters() for dialogue in read_chapter(path)]
RULES = [f"R{n}" for n in range(1, 21) if n not in (2, 3)] + [
    "R22",
    "R24",
    "R25",
    "R26",
    "R27",
    "R28",
    "R29",
]
COMPLAINTS = [f"complaint {n}" for n in (1, 4, 5, 6, 7, 8, 9, 14, 17)]
# How others break where it is a matter of routing, by the words of `against:`.
WEAKNESSES = (
    "Chatwoot counts capacity per inbox",
    "Chatwoot sweeps",
    "Chatwoot only writes down",
    "Chatwoot merges wrongly",
    "Rocket.Chat polls",
    "Rocket.Chat's head of line",
    "Rocket.Chat counts load",
    "Rocket.Chat's unlockAll",
    "Rocket.Chat pushes the whole queue",
    "Rocket.Chat divides its estimate",
    "Tiledesk's round robin",
    "Tiledesk reads, then writes",
    "Tiledesk has no retry",
    "Frappe assigns",
    "Zendesk lets",
    "Salesforce queues nothing",
    "Genesys lets",
)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: f"{one.chapter}: {one.title}")
def test_a_dialogue_is_told_as_it_is_written(dialogue: Dialogue) -> None:
    """What changed on purpose is written anew by `make dialogues`, and seen in the diff."""
    assert [
        (happening.line, decided)
        for happening, decided in zip(dialogue.happenings, play(dialogue), strict=True)
    ] == [(happening.line, happening.expected) for happening in dialogue.happenings]


@pytest.mark.parametrize("answered", RULES + COMPLAINTS)
def test_each_rule_and_complaint_has_its_dialogue(answered: str) -> None:
    """The proof that the issue asks for has no hole."""
    assert any(answered in dialogue.answers for dialogue in DIALOGUES)


@pytest.mark.parametrize("weakness", WEAKNESSES)
def test_each_weakness_of_a_peer_is_shown_to_be_impossible(weakness: str) -> None:
    """Where others break, a dialogue says what happens here."""
    assert any(one.startswith(weakness) for dialogue in DIALOGUES for one in dialogue.against)


def test_titles_are_told_apart() -> None:
    """A dialogue is found by its title."""
    titles = [dialogue.title for dialogue in DIALOGUES]

    assert len(set(titles)) == len(titles) >= 60
