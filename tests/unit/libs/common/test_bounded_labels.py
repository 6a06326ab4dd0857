"""Labels that administrators word."""

from libs.common.bounded_labels import BoundedLabels


def test_the_first_combinations_keep_their_names_and_all_later_ones_share_one() -> None:
    """However many policies there are, there is a bounded number of series."""
    labels = BoundedLabels(2)

    told = [labels.of("acme", name) for name in ("gold", "iron", "lead", "gold", "zinc")]

    other = ("other", "other")
    assert told == [("acme", "gold"), ("acme", "iron"), other, ("acme", "gold"), other]
