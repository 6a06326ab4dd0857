"""The simulation finds each mistake that was planted in the protocol and in routing."""

import pytest

from tests.simulation.mistakes import FINDS, FOUND_WITHIN_SEEDS, MISTAKES, planted

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MISTAKES)
def test_planted_mistake_is_found(name: str) -> None:
    """Without the rule, the kept seed breaks a promise."""
    mistake = MISTAKES[name]
    with planted(name):
        world = mistake.world(mistake.seed)

        with pytest.raises(FINDS):
            world.run()


@pytest.mark.parametrize("engine", ["tiny", "real", "promising"])
def test_seeds_pass_without_the_mistakes(engine: str) -> None:
    """It is the mistake that is found, and nothing else."""
    mistakes = [one for one in MISTAKES.values() if one.engine == engine]
    for seed in sorted({one.seed for one in mistakes}):
        mistakes[0].world(seed).run()


def test_every_mistake_is_found_soon() -> None:
    """No known seed lies beyond the first few hundred."""
    assert all(mistake.seed < FOUND_WITHIN_SEEDS for mistake in MISTAKES.values())
