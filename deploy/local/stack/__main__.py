"""The command line: `python -m deploy.local.stack up|down|status [--instance NAME]`."""

import argparse
import sys
from collections.abc import Sequence

import httpx

from deploy.local.errors import LocalServerError, StartError
from deploy.local.ports import LOOPBACK
from deploy.local.progress import say
from deploy.local.servers import DEFAULT_INSTANCE
from deploy.local.stack import example
from deploy.local.stack.configuration import StackConfiguration, write_private
from deploy.local.stack.guide import guide, shown
from deploy.local.stack.outside import OutsideProcess
from deploy.local.stack.stack import SERVICES, Stack

_VERBS = {
    "up": "start everything, leave it running, say where everything is",
    "down": "stop everything; the data stays",
    "status": "say what runs where; exit code 1 unless all of it is ready",
}
_TIMEOUT_S = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code, 1 after an error told on stderr."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.stack", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, meaning in _VERBS.items():
        verbs.add_parser(verb, help=meaning).add_argument("--instance", default=DEFAULT_INSTANCE)
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen.verb, chosen.instance)
    except (LocalServerError, httpx.HTTPError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(verb: str, instance: str) -> int:
    stack = Stack(StackConfiguration(), instance=instance)
    stack.adopt()
    outside = OutsideProcess(stack.directory / "outside", webhook_secrets=(example.WEBHOOK_SECRET,))
    match verb:
        case "up":
            if any(replica.is_running for replica in stack.services.values()):
                say("It is up already.")
                code = _tell_status(stack)
                say(guide(stack, outside))
                return code
            _tell(_up(instance, outside), outside)
            return 0
        case "down":
            _down(stack, outside)
            return 0
        case _:
            return _tell_status(stack)


def _up(instance: str, outside: OutsideProcess) -> Stack:
    ports = outside.claim_ports()
    configuration = example.example(
        providers_url=f"http://{LOOPBACK}:{ports['http']}",
        smtp_host=LOOPBACK,
        smtp_port=ports["smtp"],
    )
    stack = Stack(configuration, instance=instance)
    if not outside.is_running:
        outside.start()
    say("Starting Kafka and MongoDB, then the four services ...")
    try:
        stack.start(detached=True)
    except BaseException:
        outside.stop()
        raise
    credentials = example.credentials(stack.issuer)
    write_private(stack.files.tokens, credentials)
    _configure(stack, credentials[example.ADMINISTRATOR])
    return stack


def _configure(stack: Stack, token: str) -> None:
    configured = httpx.put(
        f"{stack.url('ingest')}/v1/desks/{example.DESK}/configuration",
        json=example.DESK_CONFIGURATION,
        headers={"authorization": f"Bearer {token}"},
        timeout=_TIMEOUT_S,
        trust_env=False,
    )
    if not configured.is_success:
        raise StartError(f"ingest refused the example's configuration: {configured.text}")


def _down(stack: Stack, outside: OutsideProcess) -> None:
    stack.stop()
    stack.servers.stop()
    outside.stop()
    say("Everything is stopped; the data stays.")


def _tell(stack: Stack, outside: OutsideProcess) -> None:
    _tell_status(stack)
    say(guide(stack, outside))


def _tell_status(stack: Stack) -> int:
    for replica in stack.services.values():
        state = "ready" if replica.is_ready else "running" if replica.is_running else "down"
        log = shown(replica.log_path)
        say(f"  {replica.replica_id:<14}  {replica.url:<24} {state:<8} log {log}")
    if stack.servers.is_running:
        for name, value in stack.servers.environment.items():
            say(f"  {name}={value}")
    ready = sum(replica.is_ready for replica in stack.services.values())
    return 0 if ready >= len(SERVICES) else 1


if __name__ == "__main__":
    sys.exit(main())
