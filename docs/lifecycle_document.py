"""The life of a work item, drawn from the transition table."""

from collections.abc import Iterator

from services.router.core.lifecycle import TRANSITIONS

_HEAD = """# The life of a work item

Drawn from `services/router/core/lifecycle.py` by `make docs`; do not edit. Any other move raises
`IllegalTransitionError` and changes nothing. Holding an agent's units: reserved, assigned and
wrapping up at full weight, parked and held at the desk's `parked_weight`.

"""


def lifecycle_document() -> Iterator[tuple[str, str]]:
    """A state diagram and the same as a table."""
    moves = [(before, after) for before, states in TRANSITIONS.items() for after in sorted(states)]
    diagram = [f"    {before or '[*]'} --> {after}" for before, after in moves]
    ends = [f"    {state} --> [*]" for state, after in TRANSITIONS.items() if not after]
    lines = ["```mermaid", "stateDiagram-v2", *diagram, *ends, "```", ""]
    rows = [
        f"| {before or '(new)'} | {', '.join(sorted(states)) or '(end)'} |"
        for before, states in TRANSITIONS.items()
    ]
    table = ["| From | To |", "|---|---|", *rows, ""]
    yield "lifecycle.md", _HEAD + "\n".join([*lines, *table])
