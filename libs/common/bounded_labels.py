"""Labels that administrators word: a bounded number of them, so that metrics stay small."""

OTHER = "other"


class BoundedLabels:
    """Lets the first `limit` combinations through; whatever is new beyond is told as "other".

    Nothing leaves: a series that was begun goes on as long as the process lives.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[tuple[str, ...]] = set()

    def of(self, *values: str) -> tuple[str, ...]:
        """The values themselves, or "other" in the place of each."""
        if values in self._known:
            return values
        if len(self._known) < self._limit:
            self._known.add(values)
            return values
        return (OTHER,) * len(values)
