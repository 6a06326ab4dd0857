"""How decisions change the state: every one of them does, in a way that is known."""

from libs.common.contracts import decisions as d
from services.router.core.evolve import CHANGES


def test_every_decision_has_its_change() -> None:
    """A new type that the engine does not fold would break whoever reads the log."""
    assert set(CHANGES) == set(d.DECISION_TYPES.values())
