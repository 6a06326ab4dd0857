"""The figure as a whole."""

from pathlib import Path

from benchmarks.call_center.figure import measure
from benchmarks.options import Options


def test_without_the_log_the_figure_says_that_it_was_skipped(tmp_path: Path) -> None:
    """One sentence, no chart, and no error."""
    chart = tmp_path / "chart.svg"

    figure = measure(Options(), file=tmp_path / "missing.txt", chart=chart)

    assert figure.said == "skipped: the log of the call centre is not beside the repository"
    assert figure.tables == ()
    assert not chart.exists()
