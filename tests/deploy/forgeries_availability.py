"""Services that one event can take away: one mistake each, and the policy that must notice."""

from tests.deploy import policy_availability as availability
from tests.deploy.forging import Forgery, drop, the_pod, the_workload
from tests.deploy.manifests import named
from tests.deploy.rendering import Manifest


def _add_cluster_address(manifests: list[Manifest]) -> None:
    del named(manifests, "Service", "router")["spec"]["clusterIP"]


FORGERIES = (
    Forgery(
        "a single pod",
        availability.services_have_replicas,
        "1 replicas",
        lambda m: the_workload(m)["spec"].update(replicas=1),
    ),
    Forgery(
        "routers without a partition",
        availability.services_have_replicas,
        "30 replicas for 24 partitions",
        lambda m: the_workload(m, "router")["spec"].update(replicas=30),
    ),
    Forgery(
        "a budget that lets two go",
        availability.budgets_protect_each_service,
        "maxUnavailable is not 1",
        lambda m: named(m, "PodDisruptionBudget", "router")["spec"].update(maxUnavailable=2),
    ),
    Forgery(
        "a budget that blocks a drain",
        availability.budgets_protect_each_service,
        "block a drain",
        lambda m: named(m, "PodDisruptionBudget", "router")["spec"].pop(
            "unhealthyPodEvictionPolicy"
        ),
    ),
    Forgery(
        "no budget",
        availability.budgets_protect_each_service,
        "0 budgets select its pods",
        lambda m: drop(m, "PodDisruptionBudget", "history"),
    ),
    Forgery(
        "a budget for nobody",
        availability.budgets_protect_each_service,
        "selects no pods",
        lambda m: named(m, "PodDisruptionBudget", "ingest")["spec"]["selector"].update(
            matchLabels={"app": "ingest"}
        ),
    ),
    Forgery(
        "all pods on one node",
        availability.pods_are_spread,
        "not spread over kubernetes.io/hostname",
        lambda m: the_pod(m)["topologySpreadConstraints"].pop(),
    ),
    Forgery(
        "a label that StatefulSets do not have",
        availability.pods_are_spread,
        "does not count by controller-revision-hash",
        lambda m: the_pod(m, "router")["topologySpreadConstraints"][0].update(
            matchLabelKeys=["pod-template-hash"]
        ),
    ),
    Forgery(
        "spread by another service's pods",
        availability.pods_are_spread,
        "does not select its own pods",
        lambda m: the_pod(m)["topologySpreadConstraints"][0]["labelSelector"].update(
            matchLabels={"app.kubernetes.io/name": "router"}
        ),
    ),
    Forgery(
        "a rollout that takes first",
        availability.rollouts_keep_the_capacity,
        "takes a pod before it adds one",
        lambda m: the_workload(m)["spec"].pop("strategy"),
    ),
    Forgery(
        "routers that wait for each other",
        availability.rollouts_keep_the_capacity,
        "blocks the others",
        lambda m: the_workload(m, "router")["spec"].pop("podManagementPolicy"),
    ),
    Forgery(
        "a router behind a cluster address",
        availability.router_has_static_names,
        "not headless",
        _add_cluster_address,
    ),
    Forgery(
        "a router whose names nobody serves",
        availability.router_has_static_names,
        "there is no Service/routers",
        lambda m: the_workload(m, "router")["spec"].update(serviceName="routers"),
    ),
)
