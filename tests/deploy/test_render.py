"""The base renders, and three Kubernetes versions would accept every object strictly."""

import re
import tomllib
from collections import Counter
from os.path import relpath
from pathlib import Path

import kubernetes_validate
import pytest

from tests.deploy.manifests import WORKLOAD_KINDS, containers, named, of_kind, pod_spec
from tests.deploy.policies import POLICIES
from tests.deploy.rendering import BASE, ROOT, Manifest, render

KUBERNETES_VERSIONS = ("1.31", "1.32", "1.33")
README = ROOT / "deploy" / "k8s" / "README.md"


def test_base_holds_all_objects() -> None:
    """Four services with identity, address and budget; the preparing job; namespace; settings."""
    found = Counter(manifest["kind"] for manifest in render())

    assert found == {
        "Namespace": 1,
        "ConfigMap": 2,
        "Deployment": 3,
        "StatefulSet": 1,
        "Service": 5,
        "PodDisruptionBudget": 4,
        "ServiceAccount": 5,
        "Job": 1,
    }


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_every_object_is_strictly_valid(version: str) -> None:
    """No unknown field, no wrong type, and no object without a schema."""
    for manifest in render():
        used = kubernetes_validate.validate(manifest, version, strict=True)

        assert used == version


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_validation_refuses_an_unknown_field(version: str) -> None:
    """A misspelt field is an error: Kubernetes itself would only warn."""
    forged = named(render(), "Deployment", "ingest")
    pod_spec(forged)["terminationGracePeriodSecond"] = 45

    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGracePeriodSecond"):
        kubernetes_validate.validate(forged, version, strict=True)


def test_validation_refuses_an_unknown_kind() -> None:
    """What no schema describes was not validated, and that is an error."""
    forged = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "x"}}

    with pytest.raises(kubernetes_validate.SchemaNotFoundError):
        kubernetes_validate.validate(forged, KUBERNETES_VERSIONS[0], strict=True)


def test_image_has_the_version_of_the_project() -> None:
    """The base names the image of this commit's version, and nothing else does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    images = {
        container["image"]
        for workload in of_kind(render(), *WORKLOAD_KINDS)
        for container in pod_spec(workload)["containers"]
    }

    assert images == {f"switchboard:{project['version']}"}


def test_readme_names_everything_that_the_operator_provides() -> None:
    """Each Secret, and each key of it that a pod needs, stands in the README."""
    needed = set()
    for workload in of_kind(render(), *WORKLOAD_KINDS):
        spec = pod_spec(workload)
        for volume in (volume["secret"] for volume in spec["volumes"] if "secret" in volume):
            needed |= {volume["secretName"], *(item["key"] for item in volume["items"])}
        for variable in (v for c in spec["containers"] for v in c["env"] if "valueFrom" in v):
            reference = variable["valueFrom"].get("secretKeyRef", {})
            needed |= set(reference.values())

    missing = {name for name in needed if f"`{name}`" not in README.read_text()}

    assert needed
    assert not missing


def test_overlay_of_the_readme_renders_and_keeps_all_policies(tmp_path: Path) -> None:
    """The overlay that the README shows works as it stands, with a digest put in."""
    (example,) = re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)
    overlay = example.replace("../../base", relpath(BASE, tmp_path.resolve()))
    (tmp_path / "kustomization.yaml").write_text(overlay.replace("<digest>", "0" * 64))

    manifests = render(tmp_path)

    images = {c["image"] for w in of_kind(manifests, *WORKLOAD_KINDS) for c in _containers(w)}
    assert images == {f"images.example.com/switchboard@sha256:{'0' * 64}"}
    assert [violation for policy in POLICIES for violation in policy(manifests)] == []


def _containers(workload: Manifest) -> list[Manifest]:
    return [container for _, container in containers(workload)]
