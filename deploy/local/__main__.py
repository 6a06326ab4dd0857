"""The command line: `python -m deploy.local install|start|stop|status|env [--instance NAME]`."""

import argparse
import shlex
import sys
from collections.abc import Sequence

from deploy.local.errors import LocalServerError
from deploy.local.progress import say
from deploy.local.servers import DEFAULT_INSTANCE, LocalServers

_VERBS = {
    "install": "fetch what is missing; after it a start needs no network",
    "start": "start what is not running, leave it running, print the addresses",
    "stop": "stop it; the data stays",
    "status": "print what runs where; exit code 1 unless all of it runs",
    "env": 'print the addresses for a shell: eval "$(python -m deploy.local env)"',
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code, 1 after an error told on stderr."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, meaning in _VERBS.items():
        verbs.add_parser(verb, help=meaning).add_argument("--instance", default=DEFAULT_INSTANCE)
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen.verb, LocalServers(chosen.instance))
    except (LocalServerError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(verb: str, servers: LocalServers) -> int:
    match verb:
        case "install":
            servers.install()
            say("Everything is installed.")
        case "start":
            _start_missing(servers)
            _print_environment(servers)
        case "stop":
            servers.stop()
        case "env":
            _print_environment(servers, prefix="export ")
        case _:
            return _print_status(servers)
    return 0


def _start_missing(servers: LocalServers) -> None:
    for server in servers.parts:
        if not server.is_running:
            server.start(detached=True)


def _print_environment(servers: LocalServers, *, prefix: str = "") -> None:
    for name, value in servers.environment.items():
        say(f"{prefix}{name}={shlex.quote(value)}")


def _print_status(servers: LocalServers) -> int:
    for name, server in (("Kafka", servers.kafka), ("MongoDB", servers.mongodb)):
        if server is None:
            say(f"{name}: a server of your own, by the environment")
        elif server.is_running:
            say(f"{name}: runs as process {server.pid}, log {server.log_path}")
        else:
            say(f"{name}: does not run")
    if servers.is_running:
        _print_environment(servers)
    return 0 if servers.is_running else 1


if __name__ == "__main__":
    sys.exit(main())
