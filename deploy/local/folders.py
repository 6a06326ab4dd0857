"""Where the local servers keep their files: one ignored folder, with a part per instance."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

LOCAL_DIR_VARIABLE = "SWITCHBOARD_LOCAL_DIR"

_CACHE_NAME = "cache"
_INSTANCE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def local_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of all that is local: `SWITCHBOARD_LOCAL_DIR`, else `.local` up here."""
    chosen = environment.get(LOCAL_DIR_VARIABLE)
    return Path(chosen).absolute() if chosen else Path(__file__).parents[2] / ".local"


def cache_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of downloads, shared by all instances and safe to delete."""
    return local_dir(environment) / _CACHE_NAME


def instance_dir(instance: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of one instance's data and logs.

    Raises ValueError for a name that is not a plain lower-case word, or is that of the cache.
    """
    if instance == _CACHE_NAME or not _INSTANCE_NAME.fullmatch(instance):
        message = (
            f"instance {instance!r}: expected 1-63 of a-z, 0-9, '-', '_', and not {_CACHE_NAME!r}"
        )
        raise ValueError(message)
    return local_dir(environment) / instance
