"""Waiting for progress, with a name for what never came."""

from collections.abc import Callable

from tests.integration.eventually import eventually


class StandstillError(AssertionError):
    """Something that must go on after a fault does not."""


async def until(what: str, claim: Callable[[], object], *, within_s: float) -> float:
    """Return the seconds until the claim was true; StandstillError, with its name, when never."""
    try:
        return await eventually(claim, within_s=within_s)
    except AssertionError as error:
        raise StandstillError(f"not within {within_s:g} s: {what}") from error
