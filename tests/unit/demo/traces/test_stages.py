"""How stages are measured from spans."""

import pytest

from demo.traces.stages import (
    DECIDE,
    PUSH,
    RECEIVE,
    TO_NOTIFIER,
    TO_ROUTER,
    WRITE,
    percentile,
    stages_of,
)
from tests.unit.demo.traces.build import message_trace


def test_the_way_is_measured_span_by_span_and_in_between() -> None:
    """What no span covers, the time in Kafka, is a stage as well."""
    stages = stages_of([message_trace(), message_trace()])

    assert [(stage.name, stage.p50_ms, stage.count) for stage in stages] == [
        (RECEIVE, 8.0, 2),
        (TO_ROUTER, 2.0, 2),
        (DECIDE, 1.0, 2),
        (TO_NOTIFIER, 4.0, 2),
        (PUSH, 0.5, 2),
        (WRITE, 4.0, 2),
    ]


def test_only_messages_count() -> None:
    """An agent's click has another way, and a trace without its beginning has none."""
    assert stages_of([message_trace()[1:]]) == []


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([3], 0.99, 3), ([4, 1, 3, 2], 0.5, 2), (list(range(1, 101)), 0.99, 99)],
)
def test_percentile_is_a_value_that_occurred(
    values: list[float], share: float, expected: float
) -> None:
    """No figure in the report lies between two that were measured."""
    assert percentile(values, share) == expected
