"""Agents with equal free units, ordered only when asked."""

from services.router.core.spare import STALE_MIN, Spare


def _anybody(_: str) -> bool:
    return True


def test_the_longest_idle_is_first_and_ties_go_by_id() -> None:
    """Whatever the order in which they came."""
    since_ms = {"bob": 2, "cem": 1, "ann": 1}
    spare = Spare()
    for agent_id, idle_ms in since_ms.items():
        spare.add(agent_id, idle_ms)

    assert spare.first(since_ms.__getitem__, _anybody) == (1, "ann")
    assert sorted(spare) == ["ann", "bob", "cem"]


def test_who_does_not_suit_is_passed_over_and_stays() -> None:
    """The next one is found, and everybody the next time."""
    since_ms = {"ann": 1, "bob": 2}
    spare = Spare()
    for agent_id, idle_ms in since_ms.items():
        spare.add(agent_id, idle_ms)

    assert spare.first(since_ms.__getitem__, lambda name: name == "bob") == (2, "bob")
    assert spare.first(since_ms.__getitem__, lambda _: False) is None
    assert spare.first(since_ms.__getitem__, _anybody) == (1, "ann")


def test_who_worked_since_stands_where_they_belong_now() -> None:
    """Nobody told of the later idle time; it counts all the same."""
    since_ms = {"ann": 1, "bob": 2}
    spare = Spare()
    for agent_id, idle_ms in since_ms.items():
        spare.add(agent_id, idle_ms)

    since_ms["ann"] = 3

    assert spare.earliest == (1, "ann")
    assert spare.first(since_ms.__getitem__, _anybody) == (2, "bob")
    assert spare.earliest == (2, "bob")


def test_who_left_is_not_found_and_may_come_again() -> None:
    """Nothing of the first time is left."""
    spare = Spare()
    spare.add("ann", 1)
    spare.remove("ann")
    nobody = spare.first(lambda _: 1, _anybody)
    spare.add("ann", 5)

    assert nobody is None
    assert spare.first(lambda _: 5, _anybody) == (5, "ann")
    assert len(spare) == 1


def test_coming_and_going_leaves_little_behind() -> None:
    """What is stale is thrown away, and who is there stays."""
    spare = Spare()
    spare.add("bob", 0)
    for idle_ms in range(10 * STALE_MIN):
        spare.add("ann", idle_ms)
        spare.remove("ann")

    assert len(spare._heap) <= 2 * STALE_MIN
    assert spare.first(lambda _: 0, _anybody) == (0, "bob")
