"""How questions become episodes."""

import json
from pathlib import Path

from demo.traffic.questions import ANSWER_LENGTH_MAX, FILE, read_questions


def _write(folder: Path, answers: list[str]) -> None:
    cases = [
        {"question": f" Вопрос {number} ", "operator_answer": answer}
        for number, answer in enumerate(answers)
    ]
    path = folder / FILE
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(json.dumps(case) for case in cases), encoding="utf-8")


def test_questions_come_from_all_parts_of_the_file(tmp_path: Path) -> None:
    """Neighbours in the file are about the same thing, so some between are passed over."""
    _write(tmp_path, [f"Ответ {number}" for number in range(10)])

    episodes = read_questions(tmp_path, at_most=3)

    asked = [episode.exchanges[0].asked for episode in episodes]
    assert asked == ["Вопрос 0", "Вопрос 3", "Вопрос 6"]
    assert episodes[1].exchanges[0].answered == "Ответ 3"


def test_answers_that_telegram_would_cut_are_left_out(tmp_path: Path) -> None:
    """Every reply arrives as one message, so that replies can be counted."""
    _write(tmp_path, ["x" * (ANSWER_LENGTH_MAX + 1), ""])

    assert read_questions(tmp_path, at_most=3) == []
