"""The generated documents say what the code does."""

from docs.generate import stale


def test_the_generated_documents_are_current() -> None:
    """`make docs` would change nothing."""
    assert stale() == []
