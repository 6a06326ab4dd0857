"""The policies themselves: each forged manifest is refused by the policy that it offends."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy import (
    forgeries_availability,
    forgeries_lifecycle,
    forgeries_security,
    forgeries_wiring,
)
from tests.deploy.forging import Forgery
from tests.deploy.policies import POLICIES
from tests.deploy.rendering import render

FORGERIES = (
    *forgeries_security.FORGERIES,
    *forgeries_lifecycle.FORGERIES,
    *forgeries_availability.FORGERIES,
    *forgeries_wiring.FORGERIES,
)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_forged_manifest_is_refused(forgery: Forgery) -> None:
    """Changing this one thing is noticed by its policy, in words that name it."""
    manifests = render()
    forgery.forge(manifests)

    violations = list(forgery.policy(manifests))

    assert any(forgery.says in violation for violation in violations), violations


def test_every_policy_refuses_something() -> None:
    """A policy without a forgery might be one that accepts everything."""
    proven: set[Callable[..., Any]] = {forgery.policy for forgery in FORGERIES}

    assert proven == set(POLICIES)
