"""Names that do not meet: one mistake each, and the policy that must notice."""

from tests.deploy import policy_settings as settings
from tests.deploy import policy_wiring as wiring
from tests.deploy.forging import Forgery, drop, the_config, the_container, the_pod
from tests.deploy.manifests import named
from tests.deploy.rendering import Manifest


def _rename_config(manifests: list[Manifest]) -> None:
    """As if the generator's hash were switched off."""
    for manifest in manifests:
        if manifest["metadata"]["name"].startswith("switchboard-common-"):
            manifest["metadata"]["name"] = "switchboard-common"
    the_container(manifests)["envFrom"][0]["configMapRef"]["name"] = "switchboard-common"


def _rename_webhooks_file(manifests: list[Manifest]) -> None:
    volumes = {volume["name"]: volume for volume in the_pod(manifests, "notifier")["volumes"]}
    volumes["webhooks"]["secret"]["items"][0]["path"] = "hooks.yaml"


FORGERIES = (
    Forgery(
        "a service left out",
        wiring.all_services_are_deployed,
        "expected",
        lambda m: drop(m, "Deployment", "history"),
    ),
    Forgery(
        "a moving tag",
        wiring.one_image_runs_existing_modules,
        "not named by digest or version",
        lambda m: the_container(m).update(image="switchboard:latest"),
    ),
    Forgery(
        "two images",
        wiring.one_image_runs_existing_modules,
        "several images",
        lambda m: the_container(m).update(image="switchboard:0.0.9"),
    ),
    Forgery(
        "a module that does not exist",
        wiring.one_image_runs_existing_modules,
        "there is no module services.ingress",
        lambda m: the_container(m).update(command=["python", "-m", "services.ingress"]),
    ),
    Forgery(
        "another service's module",
        wiring.one_image_runs_existing_modules,
        "runs services.history",
        lambda m: the_container(m).update(command=["python", "-m", "services.history"]),
    ),
    Forgery(
        "a shell",
        wiring.one_image_runs_existing_modules,
        "does not run python -m",
        lambda m: the_container(m).update(command=["sh", "-c", "python -m services.ingest"]),
    ),
    Forgery(
        "a service without pods",
        wiring.selectors_and_ports_meet,
        "Service/history: selects the pods of 0 workloads",
        lambda m: named(m, "Service", "history")["spec"]["selector"].update(tier="api"),
    ),
    Forgery(
        "a port that nobody opens",
        wiring.selectors_and_ports_meet,
        "no container opens port web",
        lambda m: named(m, "Service", "ingest")["spec"]["ports"][0].update(targetPort="web"),
    ),
    Forgery(
        "a port that nobody listens on",
        wiring.containers_open_the_port_they_listen_on,
        "opens 8080, listens on 9090",
        lambda m: the_config(m).update(HTTP_PORT="9090"),
    ),
    Forgery(
        "no identity",
        wiring.identities_exist_and_hold_no_token,
        "there is no ServiceAccount/ingest",
        lambda m: drop(m, "ServiceAccount", "ingest"),
    ),
    Forgery(
        "another service's identity",
        wiring.identities_exist_and_hold_no_token,
        "its identity is router",
        lambda m: the_pod(m).update(serviceAccountName="router"),
    ),
    Forgery(
        "settings that change under running pods",
        wiring.settings_changes_roll_the_pods,
        "can change without a rollout",
        _rename_config,
    ),
    Forgery(
        "settings that do not exist",
        wiring.settings_changes_roll_the_pods,
        "there is no ConfigMap elsewhere",
        lambda m: the_container(m)["envFrom"][0]["configMapRef"].update(name="elsewhere"),
    ),
    Forgery(
        "an object somewhere else",
        wiring.everything_is_in_one_namespace,
        "Service/ingest",
        lambda m: named(m, "Service", "ingest")["metadata"].update(namespace="default"),
    ),
    Forgery(
        "a misspelt variable",
        settings.variables_are_settings,
        "KAFKA_PARTITION is no setting",
        lambda m: the_config(m).update(KAFKA_PARTITION="24"),
    ),
    Forgery(
        "a variable left out",
        settings.variables_are_settings,
        "KAFKA_BOOTSTRAP_SERVERS is not given",
        lambda m: the_container(m)["env"].pop(1),
    ),
    Forgery(
        "a file that is not there",
        settings.files_are_mounted,
        "WEBHOOKS_FILE names /etc/switchboard/webhooks/webhooks.yaml",
        _rename_webhooks_file,
    ),
    Forgery(
        "a file that nobody reads",
        settings.files_are_mounted,
        "endpoints.yaml is mounted and nobody reads it",
        lambda m: the_container(m)["env"].pop(),
    ),
    Forgery(
        "replicas that share a name",
        settings.replicas_know_their_name,
        "REPLICA_ID is not the pod's name",
        lambda m: the_container(m, "router")["env"].pop(0),
    ),
)
