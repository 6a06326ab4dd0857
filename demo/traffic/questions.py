"""Russian support questions of a video platform's users, with the answer that each was given."""

import json
from pathlib import Path

from demo.traffic.episodes import Episode, Exchange, Source

FILE = "rutube_support_ru/cases_train.jsonl"
# Telegram takes 4,096 characters in one message: a longer answer would arrive as several.
ANSWER_LENGTH_MAX = 4_000


def read_questions(folder: Path, *, at_most: int) -> list[Episode]:
    """Questions from all parts of the file, one episode each."""
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    fitting = [case for case in cases if 0 < len(case["operator_answer"]) <= ANSWER_LENGTH_MAX]
    step = max(1, len(fitting) // at_most)
    return [
        Episode(
            source=Source.QUESTIONS,
            language="ru",
            topic="video",
            exchanges=(
                Exchange(asked=case["question"].strip(), answered=case["operator_answer"].strip()),
            ),
        )
        for case in fitting[::step][:at_most]
    ]
