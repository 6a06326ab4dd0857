"""Pods that start, live or leave badly: one mistake each, and the policy that must notice."""

from tests.deploy import policy_lifecycle as lifecycle
from tests.deploy.forging import Forgery, the_config, the_container, the_pod

FORGERIES = (
    Forgery(
        "liveness that depends on dependencies",
        lifecycle.services_are_probed,
        "livenessProbe does not ask /livez",
        lambda m: the_container(m)["livenessProbe"]["httpGet"].update(path="/readyz"),
    ),
    Forgery(
        "no readiness",
        lifecycle.services_are_probed,
        "readinessProbe does not ask /readyz",
        lambda m: the_container(m, "history").pop("readinessProbe"),
    ),
    Forgery(
        "little time to start",
        lifecycle.services_are_probed,
        "less than 60 s",
        lambda m: the_container(m, "router")["startupProbe"].update(failureThreshold=10),
    ),
    Forgery(
        "readiness that gives up early",
        lifecycle.services_are_probed,
        "before the checks do",
        lambda m: the_container(m)["readinessProbe"].update(timeoutSeconds=1),
    ),
    Forgery(
        "memory that is not there when it is needed",
        lifecycle.memory_is_limited_and_cpu_is_not,
        "limit is not its request",
        lambda m: the_container(m)["resources"]["limits"].update(memory="2Gi"),
    ),
    Forgery(
        "throttled",
        lifecycle.memory_is_limited_and_cpu_is_not,
        "throttles",
        lambda m: the_container(m)["resources"]["limits"].update(cpu="1"),
    ),
    Forgery(
        "killed while leaving",
        lifecycle.pods_have_time_to_leave,
        "Deployment/ingest: leaves in 45 s, is killed after 30 s",
        lambda m: the_pod(m).update(terminationGracePeriodSeconds=30),
    ),
    Forgery(
        "a longer grace than Kubernetes waits for",
        lifecycle.pods_have_time_to_leave,
        "StatefulSet/router: leaves in 130 s",
        lambda m: the_config(m).update(SHUTDOWN_GRACE_S="120"),
    ),
    Forgery(
        "a longer pause than Kubernetes waits for",
        lifecycle.pods_have_time_to_leave,
        "Deployment/history: leaves in 60 s",
        lambda m: the_container(m, "history")["lifecycle"]["preStop"]["sleep"].update(seconds=20),
    ),
    Forgery(
        "a grace too short for the last batch",
        lifecycle.grace_fits_what_must_be_finished,
        "grace 15 s",
        lambda m: the_config(m).update(SHUTDOWN_GRACE_S="15"),
    ),
    Forgery(
        "stops listening while requests still come",
        lifecycle.services_leave_their_endpoints_first,
        "no preStop sleep",
        lambda m: the_container(m, "notifier").pop("lifecycle"),
    ),
)
