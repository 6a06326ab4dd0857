"""That a node, a zone or a rollout never takes a whole service away."""

from collections.abc import Iterator

from tests.deploy.manifests import SERVICE_KINDS, named, of_kind, pod_labels, selects, title
from tests.deploy.policy_settings import environment_of
from tests.deploy.rendering import Manifest

REPLICAS_MIN = 2
SPREAD_OVER = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
REVISION_LABEL = {"Deployment": "pod-template-hash", "StatefulSet": "controller-revision-hash"}


def services_have_replicas(manifests: list[Manifest]) -> Iterator[str]:
    """At least two of each, and never more routers than there are partitions to own."""
    for workload in of_kind(manifests, *SERVICE_KINDS):
        replicas = workload["spec"].get("replicas", 1)
        if replicas < REPLICAS_MIN:
            yield f"{title(workload)}: {replicas} replicas"
        partitions = int(environment_of(manifests, workload).get("KAFKA_PARTITIONS", "0"))
        if replicas > partitions:
            yield f"{title(workload)}: {replicas} replicas for {partitions} partitions"


def budgets_protect_each_service(manifests: list[Manifest]) -> Iterator[str]:
    """One budget per service, one pod away at a time; broken pods never block a drain."""
    budgets = of_kind(manifests, "PodDisruptionBudget")
    for budget in budgets:
        spec = budget["spec"]
        if spec.get("maxUnavailable") != 1 or "minAvailable" in spec:
            yield f"{title(budget)}: maxUnavailable is not 1"
        if spec.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield f"{title(budget)}: pods that are not ready block a drain"
    for workload in of_kind(manifests, *SERVICE_KINDS):
        protecting = [budget for budget in budgets if _selects_pods_of(budget, workload)]
        if len(protecting) != 1:
            yield f"{title(workload)}: {len(protecting)} budgets select its pods"
    for budget in budgets:
        if not any(_selects_pods_of(budget, w) for w in of_kind(manifests, *SERVICE_KINDS)):
            yield f"{title(budget)}: selects no pods"


def _selects_pods_of(budget: Manifest, workload: Manifest) -> bool:
    return selects(budget["spec"]["selector"].get("matchLabels", {}), pod_labels(workload))


def pods_are_spread(manifests: list[Manifest]) -> Iterator[str]:
    """Over zones and nodes, counting only the pods of the same revision."""
    for workload in of_kind(manifests, *SERVICE_KINDS):
        constraints = workload["spec"]["template"]["spec"].get("topologySpreadConstraints", [])
        missing = SPREAD_OVER - {constraint["topologyKey"] for constraint in constraints}
        for key in sorted(missing):
            yield f"{title(workload)}: not spread over {key}"
        for constraint in constraints:
            place = f"{title(workload)}: spread over {constraint['topologyKey']}"
            if constraint.get("matchLabelKeys") != [REVISION_LABEL[workload["kind"]]]:
                yield f"{place} does not count by {REVISION_LABEL[workload['kind']]}"
            chosen = constraint.get("labelSelector", {}).get("matchLabels", {})
            if not selects(chosen, pod_labels(workload)):
                yield f"{place} does not select its own pods"
            if constraint["maxSkew"] != 1:
                yield f"{place} allows a skew of {constraint['maxSkew']}"


def rollouts_keep_the_capacity(manifests: list[Manifest]) -> Iterator[str]:
    """A Deployment adds a pod before it takes one; the router's pods roll one by one."""
    for workload in of_kind(manifests, "Deployment"):
        rolling = workload["spec"].get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0 or not rolling.get("maxSurge"):
            yield f"{title(workload)}: a rollout takes a pod before it adds one"
    for workload in of_kind(manifests, "StatefulSet"):
        spec = workload["spec"]
        if spec.get("podManagementPolicy") != "Parallel":
            yield f"{title(workload)}: a pod that does not start blocks the others"
        if spec.get("updateStrategy", {}).get("type") != "RollingUpdate":
            yield f"{title(workload)}: updateStrategy is not RollingUpdate"
        if "volumeClaimTemplates" in spec:
            yield f"{title(workload)}: state belongs into the log and the database"


def router_has_static_names(manifests: list[Manifest]) -> Iterator[str]:
    """The router is a StatefulSet behind its headless service."""
    try:
        router = named(manifests, "StatefulSet", "router")
        service = named(manifests, "Service", router["spec"].get("serviceName", ""))
    except LookupError as error:
        yield f"there is no {error}"
        return
    if service["spec"].get("clusterIP") != "None":
        yield f"{title(service)}: not headless"
