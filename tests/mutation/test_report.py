"""What a run's page says, and which survivors count as judged."""

from pathlib import Path

import pytest

from tests.mutation.judgements import InvalidJudgementError, Judgement, Kind, read
from tests.mutation.mutants import Mutant
from tests.mutation.plan import Plan
from tests.mutation.report import Report, mutation
from tests.mutation.run import Result, Verdict

PLAN = Plan(Path(), ("shop/prices.py",), ("checks",), Path("state"), kept=())


def mutant(name: str, *, before: str = "a < b", after: str = "a <= b") -> Mutant:
    """A mutant of the shop."""
    return Mutant(name, "shop/prices.py", 7, "is_bulk", (6, 9), "comparison", before, after)


def reported(judgements: dict[str, Judgement], **verdicts: Verdict) -> Report:
    """The report of a run in which these mutants met with these verdicts."""
    sampled = [mutant(name) for name in verdicts]
    results = {name: Result(name, verdict, "", 2.0) for name, verdict in verdicts.items()}
    return Report(PLAN, 1, 9, sampled, results, judgements)


def test_the_score_counts_what_was_killed_or_timed_out() -> None:
    """Equivalent mutants count against us in the score; the page says what it is without them."""
    report = reported(
        {"c": Judgement(Kind.EQUIVALENT, "Nobody sees it.")},
        a=Verdict.KILLED,
        b=Verdict.TIMED_OUT,
        c=Verdict.SURVIVED,
        d=Verdict.SURVIVED,
    )

    text = report.text()

    assert report.score == 0.5
    assert "seed 1: 4 of 9 mutants, 2.0 s each" in text
    assert "killed 1, survived 2, timed out 1; survivors not judged yet: 1" in text
    assert "**score 50.0%** (aim 85%, **missed**); without the 1 equivalent 66.7%" in text
    assert "| `shop/prices.py` | 4 | 1 | 1 | 2 |" in text
    assert "equivalent: Nobody sees it." in text


def test_only_a_judgement_makes_a_survivor_judged() -> None:
    """Who says that a test notices a mutant is held to it."""
    report = reported(
        {
            "a": Judgement(Kind.ACCEPTABLE, "Nobody was promised it."),
            "b": Judgement(Kind.TEST_ADDED, "test_b"),
        },
        a=Verdict.SURVIVED,
        b=Verdict.SURVIVED,
        c=Verdict.SURVIVED,
        d=Verdict.KILLED,
    )

    assert [one.mutant_id for one in report.unjudged()] == ["b", "c"]
    assert "this test does not notice it: test_b" in report.text()


def test_a_survivor_that_a_new_test_notices_is_shown_with_the_test() -> None:
    """What mutation testing has taught stays readable."""
    report = reported({"a": Judgement(Kind.TEST_ADDED, "test_a")}, a=Verdict.KILLED)

    text = report.text()

    assert report.unjudged() == []
    assert "## Survivors\n\nNone." in text
    assert "noticed since" in text
    assert "| test_a |" in text


def test_a_long_mutation_is_shown_around_its_difference() -> None:
    """A cell of the table is readable, and its bars do not end it."""
    long = "x | y " * 40

    shown = mutation(mutant("a", before=f"{long}< 1", after=f"{long}> 1"))

    assert len(shown) < 150
    assert "< 1" in shown
    assert "> 1" in shown
    assert shown.count("|") == shown.count("\\|") > 0


@pytest.mark.parametrize(
    "text", ["[]", "a: equivalent", "a: {kind: fine, because: so}", "a: {kind: equivalent}"]
)
def test_what_is_no_judgement_is_refused(tmp_path: Path, text: str) -> None:
    """A judgement has one of three kinds, and a reason."""
    path = tmp_path / "judgements.yaml"
    path.write_text(text)

    with pytest.raises(InvalidJudgementError):
        read(path)


def test_judgements_are_read_by_the_mutants_names(tmp_path: Path) -> None:
    """No file, no judgements."""
    path = tmp_path / "judgements.yaml"
    path.write_text("m12345678901: {kind: test added, because: test_a}\n")

    assert read(path) == {"m12345678901": Judgement(Kind.TEST_ADDED, "test_a")}
    assert read(tmp_path / "none.yaml") == {}
