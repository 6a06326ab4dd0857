"""That what the pods are given is what the services' settings ask for."""

import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module

from pydantic_settings import BaseSettings

from tests.deploy.manifests import WORKLOAD_KINDS, containers, named, of_kind, pod_spec, title
from tests.deploy.rendering import Manifest

MODULE = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")
PROVIDED = "provided-by-the-operator"


def module_of(container: Manifest) -> str | None:
    """The module that this container's `python -m` runs; None when it runs something else."""
    match container.get("command"):
        case ["python", "-m", str(module)] if MODULE.match(module) and not container.get("args"):
            return module
        case _:
            return None


def settings_class_of(workload: Manifest) -> type[BaseSettings]:
    """The settings that the workload's process reads.

    Raises LookupError unless its module declares exactly one class of settings.
    """
    (_, container) = next(containers(workload))
    module = module_of(container) or ""
    source = import_module(f"{module}.settings" if module.startswith("services.") else module)
    declared = [
        member
        for _, member in inspect.getmembers(source, inspect.isclass)
        if issubclass(member, BaseSettings) and member.__module__ == source.__name__
    ]
    if len(declared) != 1:
        raise LookupError(f"{source.__name__} declares {len(declared)} classes of settings")
    return declared[0]


def environment_of(manifests: list[Manifest], workload: Manifest) -> Mapping[str, str]:
    """The environment of a workload's container; a placeholder for what only the cluster knows.

    Raises LookupError for a ConfigMap that is not in the rendering, KeyError for a missing key.
    """
    (_, container) = next(containers(workload))
    variables: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        variables |= named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
    for variable in container.get("env", ()):
        reference = variable.get("valueFrom", {})
        if "configMapKeyRef" in reference:
            key = reference["configMapKeyRef"]
            data = named(manifests, "ConfigMap", key["name"])["data"]
            variables[variable["name"]] = data[key["key"]]
        elif "fieldRef" in reference:
            variables[variable["name"]] = f"{workload['metadata']['name']}-0"
        else:
            variables[variable["name"]] = variable.get("value", PROVIDED)
    return variables


def variables_are_settings(manifests: list[Manifest]) -> Iterator[str]:
    """Every variable is a field of the service's settings, and every required field is given."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        fields = settings_class_of(workload).model_fields
        given = environment_of(manifests, workload)
        for name in sorted(given.keys() - {field.upper() for field in fields}):
            yield f"{title(workload)}: {name} is no setting of it"
        for field, definition in fields.items():
            if definition.is_required() and field.upper() not in given:
                yield f"{title(workload)}: {field.upper()} is not given"


def files_are_mounted(manifests: list[Manifest]) -> Iterator[str]:
    """Every *_FILE names a file that a mounted Secret holds, and each of those files is named."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        given = environment_of(manifests, workload)
        named_files = {name: path for name, path in given.items() if name.endswith("_FILE")}
        mounted = mounted_files(workload)
        for name, path in named_files.items():
            if path not in mounted:
                yield f"{title(workload)}: {name} names {path}, which is not mounted"
        for path in sorted(mounted - set(named_files.values())):
            yield f"{title(workload)}: {path} is mounted and nobody reads it"


def mounted_files(workload: Manifest) -> set[str]:
    """The paths of all files that come from Secrets."""
    secrets = {
        v["name"]: v["secret"] for v in pod_spec(workload).get("volumes", ()) if "secret" in v
    }
    return {
        f"{mount['mountPath']}/{item['path']}"
        for _, container in containers(workload)
        for mount in container.get("volumeMounts", ())
        for item in secrets.get(mount["name"], {}).get("items", ())
    }


def replicas_know_their_name(manifests: list[Manifest]) -> Iterator[str]:
    """REPLICA_ID is the pod's name wherever it is a setting."""
    for workload in of_kind(manifests, *WORKLOAD_KINDS):
        if "replica_id" not in settings_class_of(workload).model_fields:
            continue
        for name, container in containers(workload):
            found = [
                variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
                for variable in container.get("env", ())
                if variable["name"] == "REPLICA_ID"
            ]
            if found != ["metadata.name"]:
                yield f"{name}: REPLICA_ID is not the pod's name"
