"""How a pod starts, proves that it lives, is limited, and leaves."""

from collections.abc import Iterator

from libs.common import health, kafka, kafka_consumers, serving
from tests.deploy.manifests import (
    SERVICE_KINDS,
    WORKLOAD_KINDS,
    containers,
    of_kind,
    pod_spec,
    title,
)
from tests.deploy.policy_settings import environment_of, settings_class_of
from tests.deploy.rendering import Manifest

STARTUP_S_MIN = 60
STARTUP_PERIOD_S_MAX = 2
PRE_STOP_S_MIN = 5
# Between our own end and the kubelet's SIGKILL: signals travel and streams are cut off.
STOP_MARGIN_S = 10


def services_are_probed(manifests: list[Manifest]) -> Iterator[str]:
    """Startup and liveness ask /livez alone, readiness asks /readyz and waits for its checks."""
    for workload in of_kind(manifests, *SERVICE_KINDS):
        for name, container in containers(workload):
            for probe, path in _PROBES.items():
                asked = container.get(probe, {}).get("httpGet", {})
                if asked.get("path") != path or asked.get("port") != "http":
                    yield f"{name}: {probe} does not ask {path} on port http"
            startup = container.get("startupProbe", {})
            period_s = startup.get("periodSeconds", 10)
            if period_s > STARTUP_PERIOD_S_MAX:
                yield f"{name}: startupProbe asks only every {period_s} s"
            if period_s * startup.get("failureThreshold", 3) < STARTUP_S_MIN:
                yield f"{name}: startupProbe gives less than {STARTUP_S_MIN} s"
            answer_s = container.get("readinessProbe", {}).get("timeoutSeconds", 1)
            if answer_s <= health.CHECK_TIMEOUT_S:
                yield f"{name}: readinessProbe gives up before the checks do"


_PROBES = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


def memory_is_limited_and_cpu_is_not(manifests: list[Manifest]) -> Iterator[str]:
    """Memory's limit is its request; CPU has a request and no limit."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        for name, container in containers(workload):
            resources = container.get("resources", {})
            requests, limits = resources.get("requests", {}), resources.get("limits", {})
            if not requests.get("memory") or requests["memory"] != limits.get("memory"):
                yield f"{name}: memory's limit is not its request"
            if not requests.get("cpu"):
                yield f"{name}: no CPU request"
            if "cpu" in limits:
                yield f"{name}: a CPU limit throttles"


def pods_have_time_to_leave(manifests: list[Manifest]) -> Iterator[str]:
    """The kubelet waits for preStop, for the settings' grace, and a margin."""
    for workload in of_kind(manifests, *SERVICE_KINDS):
        grace_s = shutdown_grace_s(manifests, workload)
        pre_stop_s = max(_pre_stop_s(container) for _, container in containers(workload))
        needed_s = pre_stop_s + grace_s + STOP_MARGIN_S
        granted_s = pod_spec(workload).get("terminationGracePeriodSeconds", 30)
        if granted_s < needed_s:
            yield f"{title(workload)}: leaves in {needed_s:g} s, is killed after {granted_s} s"


def grace_fits_what_must_be_finished(manifests: list[Manifest]) -> Iterator[str]:
    """The settings' grace covers a consumer's last batch, the flush, and open requests."""
    finishing_s = kafka_consumers.STOP_TIMEOUT_S + kafka.STOP_TIMEOUT_S
    for workload in of_kind(manifests, *SERVICE_KINDS):
        grace_s = shutdown_grace_s(manifests, workload)
        if grace_s < finishing_s:
            yield f"{title(workload)}: grace {grace_s:g} s, finishing takes {finishing_s:g} s"
        settings = settings_class_of(workload)
        publish = settings.model_fields.get("publish_timeout_s")
        if publish and grace_s * serving.HTTP_GRACE_SHARE < publish.get_default():
            yield f"{title(workload)}: an open request may end before its publish does"


def services_leave_their_endpoints_first(manifests: list[Manifest]) -> Iterator[str]:
    """Pods behind a cluster address go on serving while the endpoints forget them."""
    headless = {
        service["metadata"]["name"]
        for service in of_kind(manifests, "Service")
        if service["spec"].get("clusterIP") == "None"
    }
    for workload in of_kind(manifests, *SERVICE_KINDS):
        if workload["metadata"]["name"] in headless:
            continue
        for name, container in containers(workload):
            if _pre_stop_s(container) < PRE_STOP_S_MIN:
                yield f"{name}: no preStop sleep of {PRE_STOP_S_MIN} s"


def shutdown_grace_s(manifests: list[Manifest], workload: Manifest) -> float:
    """The grace that this workload's process will read, in seconds."""
    variables = environment_of(manifests, workload)
    default = settings_class_of(workload).model_fields["shutdown_grace_s"].get_default()
    return float(variables.get("SHUTDOWN_GRACE_S", default))


def _pre_stop_s(container: Manifest) -> int:
    seconds: int = (
        container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    )
    return seconds
