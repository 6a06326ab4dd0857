"""The two pages around the feed: what is about to be played, and the report at the end."""

from collections.abc import Iterable

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from demo.outcome import Outcome
from demo.report.hours import print_hours
from demo.report.promises import print_attainment
from demo.report.result import Result, print_result, print_stages
from demo.report.timeline import print_timeline
from demo.report.trace import choose_trace, print_trace
from demo.report.why import choose_assignment, print_why
from demo.traces.stages import stages_of
from demo.traffic.episodes import Episode
from demo.traffic.material import Material
from deploy.local.stack.guide import shown


def print_introduction(console: Console, material: Material) -> None:
    """What is about to be seen, and where the words come from."""
    where = "the sample in demo/sample" if material.is_sample else "the shared data"
    console.print(Rule(Text("Switchboard", style="bold"), align="left"))
    console.print(
        "Real questions come in over three channels, find the right agents, are answered, and "
        "stand in each customer's timeline. All in between is real: Kafka, MongoDB, and four "
        "services. Played are"
    )
    parts = (
        (material.questions, "Russian support questions, by Telegram"),
        (material.dialogues, "English service dialogues, as web chats"),
        (material.mails, "mails, dated today, through a mail provider's webhook"),
    )
    for episodes, what in parts:
        console.print(Text(f"  {len(episodes):>3} {what} ({_messages(episodes)} messages)"))
    console.print(Text(f"from {where}, with orders and visits to the shop in between.\n"))


def print_report(console: Console, outcome: Outcome, *, took_s: float) -> None:
    """The result, the stages, one trace, one timeline, one assignment explained, what was promised,
    the hours, the verdict.
    """
    _title(console, "What became of it")
    print_result(console, outcome.result)
    _title(console, "Where the time goes, by the spans of all messages")
    print_stages(console, stages_of(outcome.traces))
    trace = choose_trace(outcome.traces)
    if trace is not None:
        _title(console, "One message's trace, from the webhook to the socket and the timeline")
        print_trace(console, trace)
    _title(console, "One customer's timeline over two channels, linked while it played")
    print_timeline(console, outcome.timeline)
    chosen = choose_assignment(outcome.record)
    if chosen is not None:
        _title(console, "Why that agent")
        reserved, assigned = chosen
        queued = outcome.record.queued.get(reserved["body"]["work_item_id"])
        print_why(console, reserved, assigned, queued)
    _print_time(console, outcome)
    console.print(Rule())
    console.print(_verdict(outcome.result, took_s=took_s))


def _print_time(console: Console, outcome: Outcome) -> None:
    _title(console, "What was promised, and kept")
    print_attainment(console, outcome.record.promises)
    _title(console, "A queue with hours, and one conversation's clock, asked of the router")
    print_hours(console, outcome.hours.clocks)
    name, *days = outcome.hours.days.splitlines()
    _title(console, name)
    for day in days:
        console.print(Text(f"  {day}"))
    console.print(Text(f"  Drawn: {shown(outcome.hours.picture)}", style="dim"))


def _verdict(result: Result, *, took_s: float) -> Text:
    took = (f" ({took_s:.0f} s in all; `make up` leaves the platform running)", "dim")
    if result.is_good:
        return Text.assemble(("✓ Nothing was lost and nothing doubled.", "bold green"), took)
    problems = [f"{len(result.balance.lost)} lost", f"{len(result.balance.doubled)} doubled"]
    problems += [f"{result.unanswered} unanswered"] if result.unanswered else []
    problems += [f"{result.refused} refused at the door"] if result.refused else []
    left_over = result.open - result.left_open
    problems += [f"{left_over} not closed"] if left_over else []
    return Text.assemble((f"✗ {', '.join(problems)}.", "bold red"), took)


def _messages(episodes: Iterable[Episode]) -> int:
    return sum(len(episode.exchanges) for episode in episodes)


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Rule(Text(text, style="bold"), align="left"))
