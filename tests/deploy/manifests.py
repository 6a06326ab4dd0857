"""Ways into rendered manifests that all policies share."""

from collections.abc import Iterator, Mapping

from tests.deploy.rendering import Manifest

SERVICE_KINDS = ("Deployment", "StatefulSet")
WORKLOAD_KINDS = (*SERVICE_KINDS, "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet")


def title(manifest: Manifest) -> str:
    """How a violation names an object: kind/name."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    """The objects of these kinds, in their order."""
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """That one object. Raises LookupError when there is none."""
    for manifest in of_kind(manifests, kind):
        if manifest["metadata"]["name"] == name:
            return manifest
    raise LookupError(f"{kind}/{name}")


def pod_template(workload: Manifest) -> Manifest:
    """What a workload makes its pods from."""
    match workload["kind"]:
        case "Pod":
            return workload
        case "CronJob":
            template: Manifest = workload["spec"]["jobTemplate"]["spec"]["template"]
        case _:
            template = workload["spec"]["template"]
    return template


def pod_spec(workload: Manifest) -> Manifest:
    """The specification of a workload's pods."""
    spec: Manifest = pod_template(workload)["spec"]
    return spec


def pod_labels(workload: Manifest) -> Mapping[str, str]:
    """The labels of a workload's pods."""
    labels: Mapping[str, str] = pod_template(workload)["metadata"].get("labels", {})
    return labels


def containers(workload: Manifest) -> Iterator[tuple[str, Manifest]]:
    """Each container of a workload, initial ones too, with a name for violations."""
    spec = pod_spec(workload)
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(field, ()):
            yield f"{title(workload)} container {container['name']}", container


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether matchLabels choose an object with these labels; an empty selector is refused."""
    return bool(selector) and selector.items() <= labels.items()
