"""What a desk says of contacts and rotations and can't mean: zones that do not exist, names with
two meanings, alerts that reach nobody.

That quiet hours end some time needs no look of its own: they are the closed time of a calendar,
and one that never opens is refused.
"""

from collections.abc import Iterator, Sequence

from libs.common.calendars.zones import zone_names
from libs.common.contracts.configuration import DeskConfiguration, Mistake, Notify
from libs.common.documents.lines import Path


def on_call_mistakes(desk: DeskConfiguration) -> Iterator[Mistake]:
    """Each of them, with its place in the document."""
    contacts = {one.contact_id for one in desk.contacts}
    for index, rotation in enumerate(desk.rotations):
        path: Path = ("rotations", index)
        if rotation.rotation_id in contacts:
            problem = f"a contact has this name: {rotation.rotation_id}"
            yield Mistake((*path, "rotation_id"), problem)
        if rotation.zone not in zone_names():
            problem = "no zone of that name; take an IANA name such as Europe/Berlin or UTC"
            yield Mistake((*path, "zone"), problem)


def notify_mistakes(path: Path, notify: Notify) -> Iterator[Mistake]:
    """Who is told over something has a way to them, and a way has somebody at its end."""
    named: tuple[tuple[str, Sequence[str]], ...] = (
        ("roles", notify.roles),
        ("to", notify.to),
        ("ways", notify.ways),
    )
    for field, values in named:
        if len(set(values)) < len(values):
            yield Mistake((*path, field), "named twice")
    if notify.to and not notify.outer_ways():
        yield Mistake((*path, "to"), "never told: name mail, chat or pager in ways")
    if notify.outer_ways() and not notify.to:
        outer = ", ".join(notify.outer_ways())
        yield Mistake((*path, "ways"), f"{outer} to nobody: name contacts or rotations in to")
