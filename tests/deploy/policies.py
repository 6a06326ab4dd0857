"""All policies that the rendered base must keep: each yields one sentence per violation."""

from collections.abc import Callable, Iterator

from tests.deploy import (
    policy_availability,
    policy_lifecycle,
    policy_security,
    policy_settings,
    policy_wiring,
)
from tests.deploy.rendering import Manifest

Policy = Callable[[list[Manifest]], Iterator[str]]

POLICIES: tuple[Policy, ...] = (
    policy_security.namespaces_are_restricted,
    policy_security.pods_are_unprivileged,
    policy_security.containers_are_locked_down,
    policy_security.volumes_are_harmless,
    policy_security.nothing_secret_is_committed,
    policy_lifecycle.services_are_probed,
    policy_lifecycle.memory_is_limited_and_cpu_is_not,
    policy_lifecycle.pods_have_time_to_leave,
    policy_lifecycle.grace_fits_what_must_be_finished,
    policy_lifecycle.services_leave_their_endpoints_first,
    policy_availability.services_have_replicas,
    policy_availability.budgets_protect_each_service,
    policy_availability.pods_are_spread,
    policy_availability.rollouts_keep_the_capacity,
    policy_availability.router_has_static_names,
    policy_wiring.all_services_are_deployed,
    policy_wiring.one_image_runs_existing_modules,
    policy_wiring.selectors_and_ports_meet,
    policy_wiring.containers_open_the_port_they_listen_on,
    policy_wiring.identities_exist_and_hold_no_token,
    policy_wiring.settings_changes_roll_the_pods,
    policy_wiring.everything_is_in_one_namespace,
    policy_settings.variables_are_settings,
    policy_settings.files_are_mounted,
    policy_settings.replicas_know_their_name,
)
