"""What a pod may do: Kubernetes' restricted standard, and a little more."""

from collections.abc import Iterator

from tests.deploy.manifests import WORKLOAD_KINDS, containers, of_kind, pod_spec, title
from tests.deploy.rendering import Manifest

PROFILES = ("enforce", "warn", "audit")
VOLUMES_ALLOWED = {"configMap", "emptyDir", "projected", "secret"}
HOST_FIELDS = ("hostNetwork", "hostPID", "hostIPC")
FILE_MODE_MAX = 0o440


def namespaces_are_restricted(manifests: list[Manifest]) -> Iterator[str]:
    """Each namespace enforces the restricted standard of a pinned version."""
    found = of_kind(manifests, "Namespace")
    if not found:
        yield "there is no Namespace"
    for namespace in found:
        labels = namespace["metadata"].get("labels", {})
        for profile in PROFILES:
            key = f"pod-security.kubernetes.io/{profile}"
            if labels.get(key) != "restricted":
                yield f"{title(namespace)}: {profile} is not restricted"
            if not str(labels.get(f"{key}-version", "")).startswith("v1."):
                yield f"{title(namespace)}: {profile} has no pinned version"


def pods_are_unprivileged(manifests: list[Manifest]) -> Iterator[str]:
    """Non-root by number, the runtime's seccomp profile, nothing of the host, no token."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        spec, name = pod_spec(workload), title(workload)
        context = spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True:
            yield f"{name}: runAsNonRoot is not true"
        if not context.get("runAsUser", 0) or not context.get("runAsGroup", 0):
            yield f"{name}: runAsUser and runAsGroup are not both above 0"
        if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{name}: seccompProfile is not RuntimeDefault"
        yield from (f"{name}: sets {field}" for field in HOST_FIELDS if spec.get(field))
        for field in ("automountServiceAccountToken", "enableServiceLinks"):
            if spec.get(field) is not False:
                yield f"{name}: {field} is not false"


def containers_are_locked_down(manifests: list[Manifest]) -> Iterator[str]:
    """No escalation, a read-only root, no capability, nothing that undoes the pod's rules."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        for name, container in containers(workload):
            context = container.get("securityContext", {})
            if context.get("allowPrivilegeEscalation") is not False:
                yield f"{name}: allowPrivilegeEscalation is not false"
            if context.get("readOnlyRootFilesystem") is not True:
                yield f"{name}: readOnlyRootFilesystem is not true"
            if context.get("capabilities") != {"drop": ["ALL"]}:
                yield f"{name}: capabilities are not exactly drop ALL"
            for field in sorted(context.keys() & _UNDOING):
                yield f"{name}: sets {field} itself"
            if any("hostPort" in port for port in container.get("ports", ())):
                yield f"{name}: takes a port of the host"


_UNDOING = {"privileged", "runAsNonRoot", "runAsUser", "runAsGroup", "seccompProfile", "procMount"}


def volumes_are_harmless(manifests: list[Manifest]) -> Iterator[str]:
    """Only volumes of the restricted standard, a bounded /tmp, secrets read-only and not for all.

    The group that may read a secret must be the pods' own, or the files can't be opened at all.
    """
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        spec, name = pod_spec(workload), title(workload)
        for volume in spec.get("volumes", ()):
            for kind in sorted(volume.keys() - {"name"} - VOLUMES_ALLOWED):
                yield f"{name}: volume {volume['name']} is a {kind}"
            if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
                yield f"{name}: volume {volume['name']} has no sizeLimit"
            if "secret" in volume:
                yield from _secret_violations(name, spec, volume)
        for place, container in containers(workload):
            if "/tmp" not in {mount["mountPath"] for mount in container.get("volumeMounts", ())}:  # noqa: S108
                yield f"{place}: has no writable /tmp"


def _secret_violations(name: str, spec: Manifest, volume: Manifest) -> Iterator[str]:
    context = spec.get("securityContext", {})
    if volume["secret"].get("defaultMode", 0o644) & ~FILE_MODE_MAX:
        yield f"{name}: secret {volume['name']} is readable by all, or writable"
    if context.get("fsGroup") != context.get("runAsGroup"):
        yield f"{name}: fsGroup is not the pods' group, secret {volume['name']} is unreadable"
    for container in spec["containers"]:
        for mount in container.get("volumeMounts", ()):
            if mount["name"] == volume["name"] and mount.get("readOnly") is not True:
                yield f"{name}: secret {volume['name']} is not mounted read-only"


def nothing_secret_is_committed(manifests: list[Manifest]) -> Iterator[str]:
    """The base holds no Secret, and no plain value for what must come from one."""
    for secret in of_kind(manifests, "Secret"):
        yield f"{title(secret)}: a Secret is in the base"
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        for name, container in containers(workload):
            for variable in container.get("env", ()):
                if "value" in variable and _sounds_secret(variable["name"]):
                    yield f"{name}: {variable['name']} has a plain value"
    for config in of_kind(manifests, "ConfigMap"):
        for key in filter(_sounds_secret, config.get("data", {})):
            yield f"{title(config)}: {key} belongs into a Secret"


def _sounds_secret(variable: str) -> bool:
    return not variable.endswith("_FILE") and any(
        word in variable for word in ("SECRET", "PASSWORD", "TOKEN", "_URI", "KEY")
    )
