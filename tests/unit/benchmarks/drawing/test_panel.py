"""Scales end at round numbers, and grids have few lines."""

import pytest

from benchmarks.drawing.panel import Panel, frame, legend, scale_for, step_for

PANEL = Panel(left=50, right=450, top=100, bottom=300)


@pytest.mark.parametrize(
    ("highest", "step"), [(0.4, 1), (5, 1), (5.1, 2), (11, 5), (26, 10), (260, 100), (4_000, 1_000)]
)
def test_a_grid_has_at_most_five_round_steps(highest: float, step: float) -> None:
    """Steps are one, two or five times a power of ten."""
    assert step_for(highest) == step


def test_zero_lies_at_the_bottom_and_the_highest_below_the_top() -> None:
    """The scale ends at the grid's next line."""
    scale = scale_for(PANEL, 26)

    assert (scale.value_max, scale.at(0), scale.at(30)) == (30, 300, 100)


def test_every_line_of_the_grid_has_its_number() -> None:
    """From 0 to the end of the scale."""
    marks = "".join(frame(PANEL, "Waits", scale_for(PANEL, 26)))

    assert all(f">{number}</text>" in marks for number in (0, 10, 20, 30))
    assert ">40</text>" not in marks


def test_a_legend_keeps_names_apart() -> None:
    """The second square stands behind the first name."""
    first, _, second, _ = legend([("engine", "#000000"), ("log", "#ffffff")], y=97)

    assert 'x="28"' in first
    assert 'x="116"' in second
