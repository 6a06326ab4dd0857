"""The simulation finds each mistake that was planted in the protocol."""

import pytest

from libs.common.decision_log import LogContradictionError
from tests.simulation.oracle import BrokenPromiseError
from tests.simulation.planted import MISTAKES, planted
from tests.simulation.world import World

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MISTAKES)
def test_planted_mistake_is_found(name: str) -> None:
    """Without the rule, the kept seed breaks a promise."""
    with planted(name):
        world = World(MISTAKES[name].seed)

        with pytest.raises((BrokenPromiseError, LogContradictionError)):
            world.run()


@pytest.mark.parametrize("seed", sorted({mistake.seed for mistake in MISTAKES.values()}))
def test_seed_passes_without_the_mistake(seed: int) -> None:
    """It is the mistake that is found, and nothing else."""
    World(seed).run()
