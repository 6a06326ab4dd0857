"""A desk's configuration is read whole or refused with every mistake by line and field."""

import pytest

from libs.common.documents.desk_document import read_desk_configuration
from libs.common.documents.problems import PROBLEMS_MAX, DocumentError, Problem
from libs.common.errors import MalformedBodyError

GOOD = """\
skills: [billing]
queues:
  - queue_id: support
  - queue_id: money
    requires: {billing: 2}
agents:
  - agent_id: anna
    skills: {billing: 3}
    queues: {money: 1}
rules:
  - rule_id: mail
    when: {channel: [email], language: [no]}
    then: {queue: money}
default: {queue: support}
"""


def mistakes(text: str, *, is_json: bool = False) -> tuple[Problem, ...]:
    """The problems of a document that must be refused."""
    with pytest.raises(DocumentError) as refusal:
        read_desk_configuration(text.encode(), is_json=is_json)
    return refusal.value.problems


def test_good_document_is_read() -> None:
    """The configuration says what the document says; the language `no` is a language."""
    configuration = read_desk_configuration(GOOD.encode(), is_json=False)

    assert [queue.queue_id for queue in configuration.queues] == ["support", "money"]
    assert configuration.rules[0].when.language == ("no",)


def test_json_is_read_as_well() -> None:
    """The same document may be JSON, with a byte order mark too."""
    body = b'\xef\xbb\xbf{"queues": [{"queue_id": "a", "name": "\\/ \\ud83d\\ude00"}],\n'
    body += b'"default": {"queue": "a"}}'

    configuration = read_desk_configuration(body, is_json=True)

    assert configuration.queues[0].name == "/ 😀"


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("  - queue_id: money", "  - queue_id: Money", 4, "queues.1.queue_id"),
        (
            "    requires: {billing: 2}",
            "    requires: {billing: 9}",
            5,
            "queues.1.requires.billing",
        ),
        ("    requires: {billing: 2}", "    requires: {skiing: 2}", 5, "queues.1.requires"),
        ("    skills: {billing: 3}", "    skills: {skiing: 3}", 8, "agents.0.skills"),
        ("    queues: {money: 1}", "    queues: {gold: 1}", 9, "agents.0.queues"),
        ("    then: {queue: money}", "    then: {queue: gold}", 13, "rules.0.then.queue"),
        ("default: {queue: support}", "default: {queue: gold}", 14, "default.queue"),
        ("  - queue_id: money", "  - queue_id: support", 3, "queues"),
        ("skills: [billing]", "skills: [billing, billing]", 1, "skills"),
        ("requires: {billing: 2}", 'requires: {billing: "2"}', 5, "queues.1.requires.billing"),
        ("requires: {billing: 2}", "requires: {billing: true}", 5, "queues.1.requires.billing"),
        ("skills: [billing]", "skill: [billing]", 1, "skill"),
        ("    queues: {money: 1}", "    queues: {MONEY: 1}", 9, "agents.0.queues.MONEY"),
    ],
)
def test_mistake_is_named_by_line_and_field(old: str, new: str, line: int, field: str) -> None:
    """Each mistake points to the line where its author must look."""
    problems = mistakes(GOOD.replace(old, new, 1))

    assert (line, field) in [(problem.line, problem.field) for problem in problems]


def test_ids_with_dots_are_told_apart() -> None:
    """A contradiction in queue `a.b` points to that queue and not to queue `a`."""
    text = "queues:\n- queue_id: a\n- queue_id: a.b\n  requires: {ski: 1}\ndefault: {queue: a}\n"

    problems = mistakes(text)

    assert (problems[0].line, problems[0].field) == (4, "queues.1.requires")


def test_missing_field_points_to_the_part_that_lacks_it() -> None:
    """What is not there has no line of its own: the line of what it belongs to stands in."""
    problems = mistakes("queues:\n  - queue_id: a\n  - name: b\ndefault: {queue: a}\n")

    assert problems == (Problem(field="queues.1.queue_id", problem="Field required", line=3),)


@pytest.mark.parametrize("text", ["[]", "5", "", "null", "- queues"])
def test_document_that_is_no_mapping_is_refused(text: str) -> None:
    """A list or a word is no configuration."""
    assert mistakes(text)[0].line == 1


@pytest.mark.parametrize(
    "text",
    ["queues: 5\ndefault: {queue: a}", "queues: [5]\ndefault: {queue: a}"],
)
def test_parts_of_the_wrong_kind_are_refused(text: str) -> None:
    """A number in the place of a list is a mistake with its line."""
    assert mistakes(text)[0].field.startswith("queues")


def test_all_mistakes_are_told_at_once_up_to_a_bound() -> None:
    """An author sees them all, but not a megabyte of them."""
    items = "".join(f"  - queue_id: Q{number}\n" for number in range(300))

    problems = mistakes(f"queues:\n{items}default: {{queue: a}}\n")

    assert len(problems) == PROBLEMS_MAX


def test_values_are_never_repeated() -> None:
    """A mistake names the field, never what stands in it."""
    problems = mistakes(GOOD.replace("queue_id: money", "queue_id: Secret Word"))

    assert not any("Secret Word" in problem.problem for problem in problems)


def test_other_encodings_are_refused() -> None:
    """The document is UTF-8 text."""
    with pytest.raises(MalformedBodyError):
        read_desk_configuration("skills: [ä]".encode("latin-1"), is_json=False)


def test_json_mistakes_have_lines_too() -> None:
    """JSON authors see the line as well."""
    text = '{"queues": [\n{"queue_id": "A"}],\n"default": {"queue": "a"}}'

    problems = mistakes(text, is_json=True)

    assert (problems[0].line, problems[0].field) == (2, "queues.0.queue_id")
