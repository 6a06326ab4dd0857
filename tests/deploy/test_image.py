"""The image's definition: linted, locked, without root, tools or secrets."""

import re
import shutil
import subprocess
import sysconfig

import pytest

from tests.deploy.rendering import ROOT

DOCKERFILE = ROOT / "deploy" / "image" / "Dockerfile"
IGNORED = DOCKERFILE.with_name("Dockerfile.dockerignore")
LINT_TIMEOUT_S = 30
SECRET_NAMES = re.compile(r"(PASSWORD|SECRET|TOKEN|API_?KEY|CREDENTIAL|MONGODB_URI)", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(keyword, rest.strip()) for keyword, rest in split]


def arguments_of(keyword: str) -> list[str]:
    """What follows each instruction of this kind."""
    return [rest for found, rest in instructions() if found == keyword]


def lint(path: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """What hadolint says; every rule counts, none is ignored."""
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or "hadolint"
    return subprocess.run(
        [hadolint, "--no-color", "--failure-threshold", "style", path],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=LINT_TIMEOUT_S,
    )


def test_dockerfile_is_clean() -> None:
    """The linter has nothing to say, and nothing in the file silences it."""
    done = lint(str(DOCKERFILE))

    assert (done.returncode, done.stdout) == (0, "")
    assert "hadolint" not in DOCKERFILE.read_text()


def test_linter_notices_a_bad_file() -> None:
    """The gate itself works: a moving tag is refused."""
    done = lint("-", "FROM python:latest\nUSER root\n")

    assert done.returncode != 0
    assert "DL3007" in done.stdout


def test_base_must_be_named_by_digest() -> None:
    """All stages use one base without a default, and the build fails unless it has a digest."""
    bases = {base.split(" AS ")[0] for base in arguments_of("FROM")}

    assert bases == {"${PYTHON_IMAGE}"}
    assert arguments_of("ARG")[0] == "PYTHON_IMAGE"
    assert "*@sha256:*) ;;" in arguments_of("RUN")[0]
    assert "exit 64" in arguments_of("RUN")[0]


@pytest.mark.parametrize(
    "option",
    ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-cache-dir", "runtime.lock"],
)
def test_dependencies_are_locked(option: str) -> None:
    """One installation, from the lock, by hash, wheels only."""
    installs = [run for run in arguments_of("RUN") if " install" in run]

    assert len(installs) == 1
    assert option in installs[0]


def test_every_locked_package_has_a_hash() -> None:
    """Each requirement is exact and followed by hashes; no development tool is among them."""
    lock = (ROOT / "requirements" / "runtime.lock").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", lock.replace("\\\n", " "))
    requirements = [entry for entry in entries if not entry.lstrip().startswith("#")]

    assert requirements
    assert all("==" in entry and "--hash=sha256:" in entry for entry in requirements)
    assert not [entry for entry in requirements if re.match(r"(pytest|mypy|ruff|uv)\b", entry)]


def test_container_is_not_root() -> None:
    """The last user is a number above 0, as Kubernetes needs to prove runAsNonRoot."""
    users = arguments_of("USER")

    assert users == ["65532:65532"]
    assert instructions().index(("USER", users[0])) > instructions().index(
        ("COPY", "--from=build /app /app")
    )


def test_only_what_runs_is_copied() -> None:
    """Lock, libs and services are copied from the repository: they exist, and nothing else is."""
    sources = [rest.split()[0] for rest in arguments_of("COPY") if not rest.startswith("--from")]
    admitted = {line[1:] for line in IGNORED.read_text().splitlines() if line.startswith("!")}

    assert sources == ["requirements/runtime.lock", "libs", "services"]
    assert admitted == set(sources)
    assert all((ROOT / source).exists() for source in sources)
    assert not arguments_of("ADD")


def test_image_holds_no_secret() -> None:
    """No variable, argument or label whose name sounds like a secret."""
    texts = [*arguments_of("ENV"), *arguments_of("ARG"), *arguments_of("LABEL")]

    assert not [text for text in texts if SECRET_NAMES.search(text)]


def test_module_is_chosen_by_the_deployment() -> None:
    """The image runs modules and has no default: a forgotten module is noticed."""
    assert arguments_of("ENTRYPOINT") == ['["python", "-m"]']
    assert not arguments_of("CMD")
