"""Which mistakes are made, what they are called, and how a sample is drawn."""

import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import UnknownMutantError, mutants_of, mutated_tree, sample

EXAMPLES = (
    ("def f(a):\n    return a < 1", {"a <= 1", "a >= 1", "2", "0", "return None"}),
    ("x = a and b and c", {"a or b or c", "b and c", "a and c", "a and b"}),
    ("def f(a):\n    if not a: a.b()", {"a", "pass"}),
    ("def f(a):\n    if a.b: pass", {"if not (a.b)"}),
    ("def f(a):\n    if a is None: pass", {"a is not None"}),
    ("x = 'a' if b else 'b'", {"'a'", "'b'", "'a~'", "'b~'", "if not (b)"}),
    ("def f(a):\n    yield from (b for b in a if b)", {"..."}),
    ("def f(a, b):\n    a += b // 2", {"a -= b // 2", "pass", "b * 2", "3", "1"}),
    ("def f(a, b):\n    return a, b", {"..., b, a, ...", "return None"}),
    ("def f(a, b):\n    a.put(b, a)", {"..., a, b, ...", "pass"}),
    ("def f(a):\n    del a[0]", {"pass", "1", "-1"}),
    ("def f(a, b):\n    return a[:b]", {":", "return None"}),
    ("x = min(a, b)", {"max(a, b)", "a", "b"}),
    ("x = sorted(a, key=b)", {"sorted(a, key=b)[::-1]", "list(a)", "sorted(a)"}),
    ("x = any(a)", {"all(a)"}),
    ("def f(a):\n    for b in a:\n        continue", {"for b in ()", "break", "pass"}),
    ("def f(a):\n    raise ValueError('no')", {"pass"}),
    ("class A(NamedTuple):\n    a: int\n    b: str", {"b: str; a: int"}),
    ("FLAG, WORD = True, 'a'", {"False", "'a~'", "..., 'a', True, ..."}),
)
SILENT = (
    '"""A docstring."""',
    "import os\nfrom os import path",
    "Either = int | str",
    "def f(a: int | None) -> tuple[int, str]:\n    ...",
    "@cached(size=1)\ndef f():\n    pass",
    "class A:\n    a: tuple[int, str]\n    b: int",
)


def written(root: Path, text: str) -> Path:
    """A tree with one module in it."""
    (root / "one.py").write_text(text)
    return root


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_each_kind_of_mistake_is_made(tmp_path: Path, text: str, expected: set[str]) -> None:
    """The list of mistakes is complete for each example, but for loops' "the first only"."""
    root = written(tmp_path, text)

    made = {one.after for one in mutants_of(root, "one.py")}

    assert {after for after in made if not after.endswith("the first only")} == expected


@pytest.mark.parametrize("text", SILENT)
def test_what_says_nothing_at_run_time_is_left_alone(tmp_path: Path, text: str) -> None:
    """Types, docstrings, imports and decorators would only dilute the sample."""
    root = written(tmp_path, text)

    assert mutants_of(root, "one.py") == []


def test_the_empty_word_for_the_type_checker_is_left_alone(tmp_path: Path) -> None:
    """`x or ""` of what is always set by then has no other reader than mypy."""
    root = written(tmp_path, 'def f(a):\n    a.b(a.c or "")')

    made = {one.after for one in mutants_of(root, "one.py")}

    assert made == {"a.c and ''", "''", "pass"}


def test_every_mutant_differs_from_the_sound_module_and_from_each_other(tmp_path: Path) -> None:
    """No mutant is the module itself, and names are never shared."""
    text = "\n".join(text.replace("f(", f"f{n}(") for n, (text, _) in enumerate(EXAMPLES))
    root = written(tmp_path, text)
    mutants = mutants_of(root, "one.py")

    texts = {ast.unparse(mutated_tree(root, one)) for one in mutants}
    names = {one.mutant_id for one in mutants}

    assert ast.unparse(ast.parse(text)) not in texts
    assert len(texts) == len(names) == len(mutants) > 40


def test_a_mutant_keeps_its_name_when_lines_move(tmp_path: Path) -> None:
    """A judgement stays true as long as the mutated text and its function are the same."""
    text = "def f(a):\n    return a < 1\n"
    before = mutants_of(written(tmp_path, text), "one.py")

    after = mutants_of(written(tmp_path, f"\n\ndef g(a):\n    return a > 1\n\n{text}"), "one.py")

    assert {one.mutant_id for one in before} <= {one.mutant_id for one in after}


def test_a_mutant_that_is_no_more_is_an_error(tmp_path: Path) -> None:
    """A name from an older module is refused, not taken for another mutant."""
    old = mutants_of(written(tmp_path, "x = 1"), "one.py")[0]
    written(tmp_path, "x = 2")

    with pytest.raises(UnknownMutantError, match=old.mutant_id):
        mutated_tree(tmp_path, old)


def test_equal_seeds_draw_equal_samples_and_others_draw_others(tmp_path: Path) -> None:
    """A sample is known by its seed and size."""
    mutants = mutants_of(written(tmp_path, "x = " + " + ".join("123456789")), "one.py")

    one, again = (sample(mutants, seed=1, size=8) for _ in range(2))

    assert one == again
    assert len(one) == 8
    assert one != sample(mutants, seed=2, size=8)
    assert one == sample(mutants[::-1], seed=1, size=8)[::-1]


def test_a_larger_sample_contains_the_smaller(tmp_path: Path) -> None:
    """What was judged for a smaller sample need not be judged anew."""
    mutants = mutants_of(written(tmp_path, "x = " + " + ".join("123456789")), "one.py")

    small, large = (sample(mutants, seed=1, size=size) for size in (4, 12))

    assert set(small) < set(large)
