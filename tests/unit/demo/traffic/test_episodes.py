"""The order in which episodes are played."""

from demo.traffic.episodes import Episode, Exchange, Source, mixed


def _episode(topic: str) -> Episode:
    exchanges = (Exchange(asked="?", answered="!"),)
    return Episode(source=Source.QUESTIONS, language="en", topic=topic, exchanges=exchanges)


def test_sources_take_turns_for_as_long_as_they_last() -> None:
    """No channel waits for another to be through."""
    first, second = [_episode("a1"), _episode("a2"), _episode("a3")], [_episode("b1")]

    topics = [episode.topic for episode in mixed(first, second)]

    assert topics == ["a1", "b1", "a2", "a3"]
