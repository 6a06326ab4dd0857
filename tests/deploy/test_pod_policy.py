"""The rendered base keeps every policy, and its settings load in the services' own classes."""

from pathlib import Path

import pytest

from tests.deploy.manifests import SERVICE_KINDS, WORKLOAD_KINDS, named, of_kind
from tests.deploy.policies import POLICIES, Policy
from tests.deploy.policy_lifecycle import shutdown_grace_s
from tests.deploy.policy_settings import environment_of, settings_class_of
from tests.deploy.rendering import render

WORKLOADS = ("ingest", "router", "notifier", "history", "prepare")


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.__name__)
def test_base_keeps_policy(policy: Policy) -> None:
    """No violation of this policy in what would be applied."""
    violations = list(policy(render()))

    assert violations == []


@pytest.mark.parametrize("workload_name", WORKLOADS)
def test_settings_load_from_the_rendered_environment(
    workload_name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process would start: every value has the form that its setting asks for."""
    manifests = render()
    kinds = [
        m for m in of_kind(manifests, *WORKLOAD_KINDS) if m["metadata"]["name"] == workload_name
    ]
    (workload,) = kinds
    for name, value in environment_of(manifests, workload).items():
        file = tmp_path / Path(value).name
        file.touch()
        monkeypatch.setenv(name, str(file) if name.endswith("_FILE") else value)

    settings = settings_class_of(workload)()

    assert settings.model_fields_set


def test_arithmetic_reads_the_rendered_grace() -> None:
    """The grace that the arithmetic uses is the one in the settings' ConfigMap."""
    manifests = render()
    router = named(manifests, "StatefulSet", "router")

    assert shutdown_grace_s(manifests, router) == 30


def test_one_service_is_one_workload() -> None:
    """Each service has exactly one workload, so every policy above looks at all of them."""
    names = [workload["metadata"]["name"] for workload in of_kind(render(), *SERVICE_KINDS)]

    assert sorted(names) == ["history", "ingest", "notifier", "router"]
