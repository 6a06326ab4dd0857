"""What a forgery is, and the ways to the places where one is made."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.deploy.manifests import named, pod_spec
from tests.deploy.policies import Policy
from tests.deploy.rendering import Manifest


@dataclass(frozen=True, slots=True)
class Forgery:
    """One mistake: what it does to the manifests, and what its policy says of it."""

    name: str
    policy: Policy
    says: str
    forge: Callable[[list[Manifest]], object]


def the_workload(manifests: list[Manifest], name: str = "ingest") -> Manifest:
    """That service's workload."""
    return named(manifests, "StatefulSet" if name == "router" else "Deployment", name)


def the_pod(manifests: list[Manifest], name: str = "ingest") -> Manifest:
    """The specification of that service's pods."""
    return pod_spec(the_workload(manifests, name))


def the_container(manifests: list[Manifest], name: str = "ingest") -> Manifest:
    """That service's container."""
    container: Manifest = the_pod(manifests, name)["containers"][0]
    return container


def the_config(manifests: list[Manifest]) -> Manifest:
    """The values of the settings that all services share. Raises LookupError without them."""
    for manifest in manifests:
        if manifest["metadata"]["name"].startswith("switchboard-common-"):
            data: Manifest = manifest["data"]
            return data
    raise LookupError("switchboard-common")


def drop(manifests: list[Manifest], kind: str, name: str) -> None:
    """Take this object out."""
    manifests.remove(named(manifests, kind, name))
