"""Files and functions stay small; the measures are printed with `pytest -s`."""

import statistics

from tests.tidy.sources import PRODUCT, function_lines, sources

FILE_WALL, FUNCTION_WALL = 300, 50
# Stories grow longer than what they are about; three files stand between the two walls.
TEST_FILE_WALL = 320


def test_no_file_is_longer_than_the_wall() -> None:
    """A file tells one story."""
    long = [str(one.path) for one in sources(*PRODUCT) if one.lines > FILE_WALL]
    long += [str(one.path) for one in sources("tests") if one.lines > TEST_FILE_WALL]

    assert long == []


def test_most_files_are_short() -> None:
    """Median at most 110 lines, 85 % under 200."""
    lines = [one.lines for one in sources(*PRODUCT)]
    median, under_200 = statistics.median(lines), sum(n < 200 for n in lines) / len(lines)

    print(f"\n{len(lines)} files, median {median} lines, {under_200:.0%} under 200")
    assert median <= 110
    assert under_200 >= 0.85


def test_no_function_is_longer_than_the_wall() -> None:
    """A function fits a screen; the one dispatch over all decision types is data in disguise."""
    long = [
        f"{one.path}:{function.lineno} {function.name}"
        for one in sources(*PRODUCT, "tests")
        for function in one.functions()
        if function_lines(function) > FUNCTION_WALL and function.name != "evolve"
    ]

    assert long == []


def test_most_functions_are_short() -> None:
    """92 % of functions have at most 30 lines."""
    lines = [function_lines(fn) for one in sources(*PRODUCT) for fn in one.functions()]
    short = sum(n <= 30 for n in lines) / len(lines)

    print(f"\n{len(lines)} functions, {short:.1%} of at most 30 lines")
    assert short >= 0.92
