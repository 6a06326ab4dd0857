"""Pods that may do too much: one mistake each, and the policy that must notice."""

from tests.deploy import policy_security as security
from tests.deploy.forging import Forgery, drop, the_config, the_container, the_pod
from tests.deploy.manifests import named, pod_spec
from tests.deploy.rendering import Manifest


def _add_secret(manifests: list[Manifest]) -> None:
    manifests.append({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}})


FORGERIES = (
    Forgery(
        "namespace without enforcement",
        security.namespaces_are_restricted,
        "enforce is not restricted",
        lambda m: named(m, "Namespace", "switchboard")["metadata"]["labels"].pop(
            "pod-security.kubernetes.io/enforce"
        ),
    ),
    Forgery(
        "namespace that follows the cluster's version",
        security.namespaces_are_restricted,
        "no pinned version",
        lambda m: named(m, "Namespace", "switchboard")["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/audit-version": "latest"}
        ),
    ),
    Forgery(
        "no namespace",
        security.namespaces_are_restricted,
        "no Namespace",
        lambda m: drop(m, "Namespace", "switchboard"),
    ),
    Forgery(
        "root is possible",
        security.pods_are_unprivileged,
        "runAsNonRoot",
        lambda m: the_pod(m)["securityContext"].pop("runAsNonRoot"),
    ),
    Forgery(
        "user 0",
        security.pods_are_unprivileged,
        "above 0",
        lambda m: the_pod(m)["securityContext"].update(runAsUser=0),
    ),
    Forgery(
        "unconfined system calls",
        security.pods_are_unprivileged,
        "seccompProfile",
        lambda m: the_pod(m)["securityContext"].update(seccompProfile={"type": "Unconfined"}),
    ),
    Forgery(
        "the host's network",
        security.pods_are_unprivileged,
        "hostNetwork",
        lambda m: the_pod(m).update(hostNetwork=True),
    ),
    Forgery(
        "a token in the pod",
        security.pods_are_unprivileged,
        "automountServiceAccountToken",
        lambda m: the_pod(m).pop("automountServiceAccountToken"),
    ),
    Forgery(
        "privileged job",
        security.containers_are_locked_down,
        "sets privileged itself",
        lambda m: pod_spec(named(m, "Job", "prepare"))["containers"][0]["securityContext"].update(
            privileged=True
        ),
    ),
    Forgery(
        "escalation",
        security.containers_are_locked_down,
        "allowPrivilegeEscalation",
        lambda m: the_container(m)["securityContext"].pop("allowPrivilegeEscalation"),
    ),
    Forgery(
        "writable root",
        security.containers_are_locked_down,
        "readOnlyRootFilesystem",
        lambda m: the_container(m, "router")["securityContext"].update(
            readOnlyRootFilesystem=False
        ),
    ),
    Forgery(
        "a capability kept",
        security.containers_are_locked_down,
        "capabilities",
        lambda m: the_container(m)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
    ),
    Forgery(
        "the initial container is root",
        security.containers_are_locked_down,
        "container first",
        lambda m: the_pod(m).update(
            initContainers=[{"name": "first", "image": "switchboard:0.1.0"}]
        ),
    ),
    Forgery(
        "a port of the host",
        security.containers_are_locked_down,
        "port of the host",
        lambda m: the_container(m)["ports"][0].update(hostPort=80),
    ),
    Forgery(
        "a folder of the host",
        security.volumes_are_harmless,
        "is a hostPath",
        lambda m: the_pod(m)["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
    ),
    Forgery(
        "unbounded /tmp",
        security.volumes_are_harmless,
        "no sizeLimit",
        lambda m: the_pod(m)["volumes"][0]["emptyDir"].clear(),
    ),
    Forgery(
        "no /tmp",
        security.volumes_are_harmless,
        "no writable /tmp",
        lambda m: the_container(m)["volumeMounts"].pop(0),
    ),
    Forgery(
        "secrets for everyone",
        security.volumes_are_harmless,
        "readable by all",
        lambda m: the_pod(m)["volumes"][1]["secret"].pop("defaultMode"),
    ),
    Forgery(
        "secrets that the process can't open",
        security.volumes_are_harmless,
        "unreadable",
        lambda m: the_pod(m)["securityContext"].pop("fsGroup"),
    ),
    Forgery(
        "secrets that can be changed",
        security.volumes_are_harmless,
        "not mounted read-only",
        lambda m: the_container(m)["volumeMounts"][1].pop("readOnly"),
    ),
    Forgery(
        "a Secret in the base",
        security.nothing_secret_is_committed,
        "Secret/keys",
        _add_secret,
    ),
    Forgery(
        "an address with a password in the base",
        security.nothing_secret_is_committed,
        "MONGODB_URI belongs into a Secret",
        lambda m: the_config(m).update(MONGODB_URI="mongodb://example"),
    ),
    Forgery(
        "a plain value for a secret",
        security.nothing_secret_is_committed,
        "MONGODB_URI has a plain value",
        lambda m: the_container(m)["env"].append({"name": "MONGODB_URI", "value": "mongodb://x"}),
    ),
)
