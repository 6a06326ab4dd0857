"""A run's faults come from its seed alone."""

from tests.chaos.schedule import FIRST_REPLICAS, Kind, plan


def test_same_seed_gives_the_same_faults() -> None:
    """A failure can be played again."""
    assert plan(7, 20) == plan(7, 20)
    assert plan(7, 20) != plan(8, 20)


def test_every_kind_comes_before_any_comes_again() -> None:
    """One round has them all, whatever the seed."""
    for seed in range(50):
        assert {fault.kind for fault in plan(seed, len(Kind))} == set(Kind)


def test_only_members_are_hurt_and_three_or_four_remain() -> None:
    """Nobody who is gone is killed, and a second victim is another one."""
    for seed in range(50):
        members = set(FIRST_REPLICAS)
        for fault in plan(seed, 30):
            assert (fault.replica_id in members) != (fault.kind is Kind.ADD)
            assert fault.other != fault.replica_id
            if fault.kind is Kind.ADD:
                members.add(fault.replica_id)
            if fault.kind is Kind.REMOVE:
                members.remove(fault.replica_id)
            assert 3 <= len(members) <= 4
