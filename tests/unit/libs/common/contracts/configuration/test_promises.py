"""Promises: what a policy can say, and what is no promise."""

import pytest
from pydantic import ValidationError

from libs.common.contracts.configuration import DeskConfiguration, SlaPolicy
from libs.common.contracts.configuration.promises import TARGET_S_MAX


@pytest.mark.parametrize("target", ["first_response_s", "next_response_s", "resolution_s"])
def test_a_policy_with_any_target_is_one(target: str) -> None:
    """Each is enough by itself; it is at risk from 80 % on unless it says otherwise."""
    policy = SlaPolicy.model_validate({"sla_policy_id": "gold", target: 60})

    assert (policy.at_risk_share, policy.pauses_while_parked) == (0.8, True)


def test_a_policy_without_a_target_is_a_mistake() -> None:
    """Somebody forgot the rest of it."""
    with pytest.raises(ValidationError, match="promises nothing"):
        SlaPolicy(sla_policy_id="gold")


@pytest.mark.parametrize(
    "wrong",
    [
        {"resolution_s": TARGET_S_MAX + 1},
        {"resolution_s": 0},
        {"at_risk_share": 0},
        {"at_risk_share": 1},
        {"when": {"strict_class": [10]}},
    ],
)
def test_what_can_not_be_meant_is_refused(wrong: dict[str, object]) -> None:
    """Years, nothing at all, a share that tells nothing, a class that there is not."""
    with pytest.raises(ValidationError):
        SlaPolicy.model_validate({"sla_policy_id": "gold", "first_response_s": 1, **wrong})


@pytest.mark.parametrize(
    ("policies", "place"),
    [
        ([{"calendar": "moon"}], "sla_policies.0.calendar: not configured: moon"),
        ([{"when": {"queue": ["q", "x"]}}], "sla_policies.0.when.queue.1: not configured: x"),
        ([{}, {}], "sla_policies.1.sla_policy_id: named twice: gold"),
    ],
)
def test_names_exist_and_only_once(policies: list[dict[str, object]], place: str) -> None:
    """Unknown and doubled names are told by their place."""
    document = {
        "queues": [{"queue_id": "q"}],
        "default": {"queue": "q"},
        "sla_policies": [
            {"sla_policy_id": "gold", "first_response_s": 1, **one} for one in policies
        ],
    }

    with pytest.raises(ValidationError, match=place):
        DeskConfiguration.model_validate(document)
