"""Apache Kafka's Java archives: pinned by version and SHA-256, fetched once, checked always."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import InstallError
from deploy.local.progress import say

LOCK_FILE = Path(__file__).with_name("kafka-jars.lock")
ATTEMPTS_MAX = 3

_COORDINATES = ("group", "artifact", "version")
_SHA256_DIGITS = 64
_RETRY_DELAY_S = 1.0
_DOWNLOAD_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True, order=True)
class Jar:
    """One archive: its Maven coordinates and the SHA-256 of its bytes, in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """The name people know it by, `group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"

    def path_in(self, repository: Path) -> Path:
        """Return where a Maven repository folder keeps this archive."""
        folder = repository.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


Fetch = Callable[[Jar, Path], None]


def parse_lock(text: str) -> tuple[Jar, ...]:
    """Read lines of `group:artifact:version sha256`; blank lines and `#` comments are skipped.

    Raises ValueError naming the line that is not of that form.
    """
    jars = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        coordinates, _, sha256 = line.partition(" ")
        parts = coordinates.split(":")
        if len(parts) != len(_COORDINATES) or not all(parts) or not _is_sha256(sha256):
            message = f"line {number}: expected 'group:artifact:version sha256', found {line!r}"
            raise ValueError(message)
        group, artifact, version = parts
        jars.append(Jar(group, artifact, version, sha256))
    return tuple(jars)


def render_lock(jars: Sequence[Jar]) -> str:
    """Return the lock file's text for these archives, sorted so that changes read as changes."""
    head = "# Apache Kafka's Java archives. Written by `python -m deploy.local.relock`.\n"
    return head + "".join(f"{jar.coordinates} {jar.sha256}\n" for jar in sorted(jars))


def install_jars(jars: Sequence[Jar], repository: Path, *, fetch: Fetch | None = None) -> int:
    """Make all archives present and right in `repository`; return how many were fetched.

    Needs no network when all are there. Raises InstallError when one could not be had with the
    pinned bytes in `ATTEMPTS_MAX` attempts.
    """
    wanted = [jar for jar in jars if not _is_right(jar, repository)]
    for number, jar in enumerate(wanted, start=1):
        say(f"Downloading Apache Kafka, {number} of {len(wanted)}: {jar.path_in(repository).name}")
        _fetch_until_right(jar, repository, fetch=fetch or _fetch_by_jgo)
    return len(wanted)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fetch_until_right(jar: Jar, repository: Path, *, fetch: Fetch) -> None:
    path = jar.path_in(repository)
    problem: Exception | None = None
    for attempt in range(1, ATTEMPTS_MAX + 1):
        # A download is not atomic and one cut short would be taken for a cached archive.
        path.unlink(missing_ok=True)
        try:
            fetch(jar, repository)
        except (OSError, RuntimeError) as error:
            problem = error
        else:
            if _is_right(jar, repository):
                return
            problem = InstallError(f"the bytes that came are not those of sha256 {jar.sha256}")
        if attempt < ATTEMPTS_MAX:
            say(f"  attempt {attempt} of {ATTEMPTS_MAX} failed ({problem}); trying again")
            time.sleep(_RETRY_DELAY_S * attempt)
    path.unlink(missing_ok=True)
    message = f"{jar.coordinates} could not be had in {ATTEMPTS_MAX} attempts: {problem}"
    raise InstallError(message) from problem


def _fetch_by_jgo(jar: Jar, repository: Path) -> None:
    # Imported only here: a start without downloads should not wait for it.
    from jgo.maven import MavenContext  # noqa: PLC0415 - see above

    context = MavenContext(repo_cache=repository, timeout=_DOWNLOAD_TIMEOUT_S)
    context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()


def _is_right(jar: Jar, repository: Path) -> bool:
    path = jar.path_in(repository)
    return path.exists() and sha256_of(path) == jar.sha256


def _is_sha256(text: str) -> bool:
    return len(text) == _SHA256_DIGITS and set(text) <= set("0123456789abcdef")
