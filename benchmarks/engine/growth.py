"""The law that the engine must keep: a desk ten times as big is not more work for each step."""

from collections.abc import Mapping

GROWTH_MAX = 1.3


class GrowthError(Exception):
    """A step's work grows with the desk; the message tells what of it."""


def check_growth(small: Mapping[str, float], big: Mapping[str, float]) -> float:
    """How many times as much counted work a step is, which must not be beyond the limit.

    `all` is the sum of what each is about. Raises GrowthError.
    """
    times = big["all"] / small["all"]
    if times > GROWTH_MAX:
        told = ", ".join(f"{name} {small.get(name, 0):.2f} -> {big[name]:.2f}" for name in big)
        raise GrowthError(f"a step's work grows {times:.2f} times: {told}")
    return times
