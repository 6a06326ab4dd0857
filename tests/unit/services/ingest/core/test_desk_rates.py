"""Each desk has its own rate, and what is remembered is bounded."""

from services.ingest.core.desk_rates import DeskRates


def test_one_desks_flood_is_not_that_of_another() -> None:
    """A desk above its rate leaves the others theirs."""
    rates = DeskRates(rate_per_s=1, burst=2)

    flood = [rates.is_within(b"acme/support", 1, 0) for _ in range(4)]

    assert flood == [True, True, False, False]
    assert rates.is_within(b"acme/sales", 2, 0)
    assert rates.is_within(b"acme/support", 1, 1)


def test_invented_desks_cost_no_memory() -> None:
    """Beyond the limit the desk heard of longest ago is forgotten: it begins with a full bucket."""
    rates = DeskRates(rate_per_s=1, burst=1, desks_max=2)
    for desk in (b"a", b"b", b"a", b"c"):
        rates.is_within(desk, 1, 0)

    assert not rates.is_within(b"a", 1, 0)
    assert rates.is_within(b"b", 1, 0)
