"""A whole run on a tiny shop whose tests have one known weak spot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.mutation.plan import ROOT, TARGETS, Plan, PlanError
from tests.mutation.run import Runner, Verdict

SHOP = """
def is_bulk(units):
    while True:
        answer = units >= 10
        break
    return answer
"""
# Nobody asks for exactly ten, or nearly: that is the weak spot.
CHECKS = """
from shop.prices import is_bulk

def test_many_are_bulk():
    assert is_bulk(20)

def test_few_are_not():
    assert not is_bulk(3)
"""


def built(root: Path, checks: str = CHECKS) -> Path:
    """A tree with the shop and its tests."""
    for path, text in (("shop/prices.py", SHOP), ("checks/test_prices.py", checks)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "pytest.ini").write_text("[pytest]\n")
    (root / "judgements.yaml").write_text("")
    return root


def plan_of(root: Path) -> Plan:
    """The shop's plan, as `mutate` makes it."""
    return Plan(root, ("shop/prices.py",), ("checks",), root / "state", kept=())


def mutate(root: Path) -> subprocess.CompletedProcess[str]:
    """`make mutate` on the shop, with one second for what loops for ever."""
    options = ("--root", root, "--targets", "shop/prices.py", "--tests", "checks")
    kept = ("--state", root / "state", "--judgements", root / "judgements.yaml")
    told = ("--report", root / "page.md", "--cpu-extra-s", "0")
    return subprocess.run(
        [sys.executable, "-m", "tests.mutation", *options, *kept, *told],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # the shop needs none
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after one run, which has ended with 1 for its unjudged survivors."""
    root = built(tmp_path_factory.mktemp("shop"))
    ended = mutate(root)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return root


@pytest.mark.slow
def test_the_weak_spot_survives_and_the_rest_is_noticed(shop: Path) -> None:
    """Exactly the mutants of the bound that no test asks for survive; the endless one times out."""
    page = (shop / "page.md").read_text()
    verdicts = [one.verdict for one in Runner(plan_of(shop)).known().values()]

    assert verdicts.count(Verdict.KILLED) == 3
    assert verdicts.count(Verdict.TIMED_OUT) == 1
    assert verdicts.count(Verdict.SURVIVED) == 3
    assert page.count("**not judged yet**") == 3
    assert "`units >= 10` → `units > 10`" in page
    assert "`10` → `11`" in page
    assert "`10` → `9`" in page


@pytest.mark.slow
def test_a_run_goes_on_where_it_was_and_passes_once_all_is_judged(shop: Path) -> None:
    """Known results are not measured again; each survivor's judgement stands in the page."""
    known = Runner(plan_of(shop)).known().values()
    survivors = [one.mutant_id for one in known if one.verdict is Verdict.SURVIVED]
    judged = {one: {"kind": "acceptable", "because": "Nobody buys ten."} for one in survivors}
    (shop / "judgements.yaml").write_text(yaml.safe_dump(judged))

    ended = mutate(shop)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "7 mutants, 7 known from before" in ended.stdout
    assert (shop / "page.md").read_text().count("acceptable: Nobody buys ten.") == 3


def test_a_changed_source_is_measured_anew(shop: Path, tmp_path: Path) -> None:
    """Results are bound to the sources and tests that they were measured on."""
    known = Runner(plan_of(shop)).known()
    built(tmp_path, CHECKS + "\n# another test file\n")
    (tmp_path / "state").symlink_to(shop / "state")

    assert known
    assert Runner(plan_of(tmp_path)).known() == {}


def test_tests_that_fail_without_a_mutant_measure_nothing(tmp_path: Path) -> None:
    """A broken suite would kill every mutant; the run refuses it and writes no page."""
    root = built(tmp_path, CHECKS.replace("not is_bulk", "is_bulk"))

    ended = mutate(root)

    assert ended.returncode == 2
    assert "without a mutant the tests end with 1" in ended.stdout
    assert not (root / "page.md").exists()


def test_the_plan_names_modules_that_are_there() -> None:
    """Who moves a module of the engine moves it in the plan too."""
    assert [path for path in TARGETS if not (ROOT / path).is_file()] == []


def test_a_target_that_stays_imported_is_refused(tmp_path: Path) -> None:
    """A mutant of a module that is imported only once would never be loaded."""
    built(tmp_path)
    plan = Plan(tmp_path, ("shop/prices.py",), ("checks",), tmp_path / "state", kept=("shop",))

    with pytest.raises(PlanError, match=r"shop/prices\.py"):
        plan.check()


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A module that has moved is said to be missing instead of being left out."""
    plan = Plan(tmp_path, ("shop/gone.py",), (), tmp_path / "state", kept=())

    with pytest.raises(PlanError, match=r"shop/gone\.py"):
        plan.check()
