"""Finds the material of the demo: the shared data beside the repository, else our own sample."""

from dataclasses import dataclass
from pathlib import Path

from demo.traffic import dialogues, questions
from demo.traffic.dialogues import read_dialogues
from demo.traffic.episodes import Episode
from demo.traffic.mails import FOLDER, read_mails
from demo.traffic.questions import read_questions

REPOSITORY = Path(__file__).parents[2]
SHARED = REPOSITORY.parent / "shared" / "data"
SAMPLE = REPOSITORY / "demo" / "sample"

QUESTIONS_MAX = 60
DIALOGUES_MAX = 24
MAILS_MAX = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that is played. `is_sample` when it is the small committed part."""

    questions: list[Episode]
    dialogues: list[Episode]
    mails: list[Episode]
    is_sample: bool


def find_material(folder: Path) -> Material:
    """What lies in `folder` where all of it is there, else the sample."""
    is_sample = folder == SAMPLE or not all(
        (folder / part).exists() for part in (questions.FILE, dialogues.FILE, FOLDER)
    )
    chosen = SAMPLE if is_sample else folder
    return Material(
        questions=read_questions(chosen, at_most=QUESTIONS_MAX),
        dialogues=read_dialogues(chosen, at_most=DIALOGUES_MAX),
        mails=read_mails(chosen, at_most=MAILS_MAX),
        is_sample=is_sample,
    )
