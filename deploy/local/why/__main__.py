"""The command line: `python -m deploy.local.why ID [--not-agent AGENT] [--instance NAME]`."""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Sequence

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local.servers import DEFAULT_INSTANCE
from deploy.local.stack.configuration import StackConfiguration
from deploy.local.stack.stack import Stack
from deploy.local.why.asking import RouterDoor
from deploy.local.why.log import Found, decisions_about
from deploy.local.why.story import Row, story
from libs.common.errors import ServiceError
from libs.common.logs import configure_logs


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the story; returns the exit code, 1 after an error told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.why", description=__doc__)
    parser.add_argument("id", help="of a work item, a conversation or a reservation")
    parser.add_argument("--not-agent", metavar="AGENT", help="why hasn't this agent got it?")
    parser.add_argument("--instance", default=DEFAULT_INSTANCE)
    chosen = parser.parse_args(arguments)
    configure_logs("why", level="CRITICAL")
    stack = Stack(StackConfiguration(), instance=chosen.instance)
    stack.adopt()
    if not stack.servers.is_running:
        return _fail("nothing runs here: start it with `make up`")
    try:
        return _tell(stack, chosen.id, chosen.not_agent)
    except (ServiceError, httpx.HTTPError) as error:
        return _fail(str(error))


def _tell(stack: Stack, wanted_id: str, not_agent: str | None) -> int:
    servers = stack.servers.bootstrap_servers
    partitions = stack.configuration.partitions
    found = asyncio.run(decisions_about(servers, wanted_id, partitions=partitions))
    if not found:
        return _fail(f"{wanted_id}: nothing was decided about it, as far as the log reaches back")
    console = Console()
    door = None
    if stack.services.get("router-0") is not None and stack["router"].is_running:
        tenant_id = found[0].decision.tenant_id
        door = RouterDoor(stack.url("router"), stack.issuer, tenant_id=tenant_id)
    for work_item_id in _items(found):
        own = [one for one in found if getattr(one.decision, "work_item_id", "") == work_item_id]
        _print(console, f"work item {work_item_id}", story(own))
        if door is None:
            console.print("the router does not run: only what was recorded can be told")
            continue
        _say(console, "now", door.why(work_item_id))
        if not_agent is not None:
            _say(console, f"why not {not_agent}", door.why_not(work_item_id, not_agent))
    return 0


def _items(found: Iterable[Found]) -> list[str]:
    ids = (getattr(one.decision, "work_item_id", None) for one in found)
    return list(dict.fromkeys(name for name in ids if name is not None))


def _print(console: Console, title: str, rows: Sequence[Row]) -> None:
    table = Table(title=title, title_justify="left", show_lines=True)
    for name in ("time (UTC)", "decided", "why"):
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(row.at, row.what, "\n".join(row.why))
    console.print(table)


def _say(console: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        console.print(f"[bold]{title}[/bold]")
    for line in lines:
        console.print(f"  {line}", markup=False, highlight=False)


def _fail(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
