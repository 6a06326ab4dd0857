"""That names meet: selectors, ports, identities, settings, secrets, images and modules."""

import re
from collections.abc import Iterator
from importlib.util import find_spec

from tests.deploy.manifests import (
    SERVICE_KINDS,
    WORKLOAD_KINDS,
    containers,
    named,
    of_kind,
    pod_labels,
    pod_spec,
    selects,
    title,
)
from tests.deploy.policy_settings import environment_of, module_of
from tests.deploy.rendering import Manifest

SERVICES = {
    "ingest": "Deployment",
    "router": "StatefulSet",
    "notifier": "Deployment",
    "history": "Deployment",
}
GENERATED_NAME = re.compile(r"-[a-z0-9]{10}$")


def all_services_are_deployed(manifests: list[Manifest]) -> Iterator[str]:
    """Each service once, in the form that its membership in a consumer group asks for."""
    found = {w["metadata"]["name"]: w["kind"] for w in of_kind(manifests, *SERVICE_KINDS)}
    if found != SERVICES:
        yield f"expected {SERVICES}, found {found}"


def one_image_runs_existing_modules(manifests: list[Manifest]) -> Iterator[str]:
    """One image, named by digest or a version, whose processes are modules of this repository."""
    images = set()
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        for name, container in containers(workload):
            image = container.get("image", "")
            images.add(image)
            if "@sha256:" not in image and image.rpartition(":")[2] in ("", "latest", image):
                yield f"{name}: image {image} is not named by digest or version"
            module = module_of(container)
            if module is None:
                yield f"{name}: it does not run python -m <module>"
            elif not _is_runnable(module):
                yield f"{name}: there is no module {module}"
            elif module.startswith("services.") and module != f"services.{container['name']}":
                yield f"{name}: runs {module}"
    if len(images) > 1:
        yield f"several images: {', '.join(sorted(images))}"


def _is_runnable(module: str) -> bool:
    try:
        return (
            find_spec(f"{module}.__main__" if module.startswith("services.") else module)
            is not None
        )
    except ModuleNotFoundError:
        return False


def selectors_and_ports_meet(manifests: list[Manifest]) -> Iterator[str]:
    """Workloads select their own pods; a Service selects one workload and a port that it opens."""
    workloads = of_kind(manifests, *SERVICE_KINDS)
    for workload in workloads:
        if not selects(workload["spec"]["selector"]["matchLabels"], pod_labels(workload)):
            yield f"{title(workload)}: does not select its own pods"
        if not any(_serves(service, workload) for service in of_kind(manifests, "Service")):
            yield f"{title(workload)}: no Service selects its pods"
    for service in of_kind(manifests, "Service"):
        behind = [w for w in of_kind(manifests, *WORKLOAD_KINDS) if _serves(service, w)]
        if len(behind) != 1:
            yield f"{title(service)}: selects the pods of {len(behind)} workloads"
        opened = {
            port["name"] for w in behind for _, c in containers(w) for port in c.get("ports", ())
        }
        for port in service["spec"]["ports"]:
            if port.get("targetPort") not in opened:
                yield f"{title(service)}: no container opens port {port.get('targetPort')}"


def _serves(service: Manifest, workload: Manifest) -> bool:
    return selects(service["spec"].get("selector", {}), pod_labels(workload))


def containers_open_the_port_they_listen_on(manifests: list[Manifest]) -> Iterator[str]:
    """The port called http is the one that the settings say."""
    for workload in of_kind(manifests, *SERVICE_KINDS):
        listening = environment_of(manifests, workload).get("HTTP_PORT", "8080")
        for name, container in containers(workload):
            opened = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
            if str(opened.get("http")) != listening:
                yield f"{name}: opens {opened.get('http')}, listens on {listening}"


def identities_exist_and_hold_no_token(manifests: list[Manifest]) -> Iterator[str]:
    """Each workload has an identity of its own name, which no token is made for."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        wanted = pod_spec(workload).get("serviceAccountName")
        if wanted != workload["metadata"]["name"]:
            yield f"{title(workload)}: its identity is {wanted}"
            continue
        try:
            account = named(manifests, "ServiceAccount", wanted)
        except LookupError as error:
            yield f"{title(workload)}: there is no {error}"
            continue
        if account.get("automountServiceAccountToken") is not False:
            yield f"{title(account)}: automountServiceAccountToken is not false"


def settings_changes_roll_the_pods(manifests: list[Manifest]) -> Iterator[str]:
    """Every ConfigMap that pods read is in the rendering, under a name with its content's hash."""
    known = {config["metadata"]["name"] for config in of_kind(manifests, "ConfigMap")}
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        for name, container in containers(workload):
            for config in _configs_of(container):
                if config not in known:
                    yield f"{name}: there is no ConfigMap {config}"
                elif not GENERATED_NAME.search(config):
                    yield f"{name}: ConfigMap {config} can change without a rollout"


def _configs_of(container: Manifest) -> Iterator[str]:
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            yield source["configMapRef"]["name"]
    for variable in container.get("env", ()):
        reference = variable.get("valueFrom", {}).get("configMapKeyRef")
        if reference:
            yield reference["name"]


def everything_is_in_one_namespace(manifests: list[Manifest]) -> Iterator[str]:
    """Every object is in the namespace that the base makes."""
    spaces = {namespace["metadata"]["name"] for namespace in of_kind(manifests, "Namespace")}
    for manifest in manifests:
        if manifest["kind"] != "Namespace" and manifest["metadata"].get("namespace") not in spaces:
            yield f"{title(manifest)}: is not in the base's namespace"
