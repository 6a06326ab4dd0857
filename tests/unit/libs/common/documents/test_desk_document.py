"""A desk's configuration is read whole or refused with every mistake by line and field."""

import pytest

from libs.common.bodies import API_BODY_BYTES_MAX
from libs.common.contracts.decisions import ConfigurationApplied
from libs.common.contracts.records import DecisionRecord, decode_record, encode_record
from libs.common.contracts.topics import RECORD_BYTES_MAX
from libs.common.documents.desk_document import CONFIGURATION_BYTES_MAX, read_desk_configuration
from libs.common.documents.problems import PROBLEMS_MAX, DocumentError, Problem
from libs.common.errors import MalformedBodyError
from tests.unit.libs.common.documents.broken_desks import Broken, broken, told

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


MAIL = "  - queue_id: mail\n"
MISTAKES = [
    broken("lower: {english: 1}", "lower: {russian: 1}", "queues.0.steps.0.lower.russian"),
    broken("lower: {english: 1}", "lower: {english: 6}", "queues.0.steps.0.lower.english"),
    broken("drop: [billing]", "drop: [english, skiing]", "queues.0.steps.1.drop.1"),
    broken("[calls]}", "[calls, gold]}", "queues.0.steps.1.widen_to_queues.1"),
    broken("[second-line], credit", "[third-line], credit", "queues.0.steps.2.widen_to_groups.0"),
    broken("credit_s: 60", "credit_s: -1", "queues.0.steps.2.credit_s"),
    broken("strict_class: 4", "strict_class: 10", "queues.0.steps.3.strict_class"),
    broken("      - {after_s: 60, anyone", "      - {anyone", "queues.0.steps.3.after_s"),
    broken("{after_s: 90, move_to: mail}", "{after_s: 90}", "queues.1.steps.0"),
    broken("move_to: mail}", "move_to: gold}", "queues.1.steps.0.move_to"),
    broken("policy: least_occupied", "policy: fastest", "queues.0.policy"),
    broken("mode: broadcast", "mode: shout", "queues.0.offer.mode"),
    broken("agents: 3", "agents: 6", "queues.0.offer.agents"),
    broken("last_agent_hold_s: 20", "last_agent_hold_s: 1.5", "queues.0.last_agent_hold_s"),
    broken("{to: mail", "{to: gold", "queues.0.overflow.to"),
    broken("{to: mail", "{to: support", "queues.0.overflow.to"),
    broken("leave: {waiting: 10}", "leave: {waiting: 20}", "queues.0.overflow.leave.waiting"),
    broken(
        "leave: {waiting: 10}",
        "leave: {estimated_wait_s: 10}",
        "queues.0.overflow.enter.waiting",
    ),
    broken("{waiting: 20}, leave: {waiting: 10}", "{}, leave: {}", "queues.0.overflow.enter"),
    broken("wrap_up_codes: [solved", "wrap_up_codes: [Solved", "queues.0.wrap_up_codes.0"),
    broken("requires: {english: 2}", "requires: {skiing: 2}", "queues.0.requires.skiing"),
    broken("prefers: {billing: 1}", "prefers: {skiing: 1}", "queues.0.prefers.skiing"),
    broken(MAIL, "  - queue_id: calls\n", "queues.2.queue_id"),
    broken("{support: 1, mail: 2}", "{support: 1, gold: 2}", "routing_profiles.0.queues.gold"),
    broken("{support: 3, mail: 1}", "{support: 3, gold: 1}", "routing_profiles.1.weights.gold"),
    broken("{support: 3, mail: 1}", "{support: 3, mail: 0}", "routing_profiles.1.weights.mail"),
    broken(
        "    weights: {support: 3, mail: 1}",
        "    queues: {mail: 1}\n§    weights: {support: 3}",
        "routing_profiles.1.weights",
    ),
    broken("_id: turns", "_id: all-round", "routing_profiles.1.routing_profile_id"),
    broken("skills: {english: 4}", "skills: {russian: 4}", "agent_groups.0.skills.russian"),
    broken("profile: turns", "profile: none", "agent_groups.0.routing_profile"),
    broken("web_chat: 3, voice", "web_chat: 51, voice", "agent_groups.0.channels.web_chat"),
    broken("capacity_units: 8", "capacity_units: 51", "agent_groups.0.capacity_units"),
    broken("groups: [second-line]\n  - agent", "groups: [none]\n  - agent", "agents.0.groups.0"),
    broken("{billing: 3}\n", "{skiing: 3}\n", "agents.1.skills.skiing"),
    broken("profile: all-round\n    capa", "profile: none\n    capa", "agents.1.routing_profile"),
    broken("{calls: 1}\n", "{gold: 1}\n", "agents.2.queues.gold"),
    broken("weights: {mail: 2}", "weights: {gold: 2}", "agents.3.weights.gold"),
    broken(
        "    weights: {mail: 2}",
        "    weights: {mail: 2}\n§    routing_profile: turns",
        "agents.3.routing_profile",
    ),
    broken("agent_id: dora", "agent_id: anna", "agents.3.agent_id"),
    broken("rule_id: night", "rule_id: calls", "rules.1.rule_id"),
    broken('begin: "00:00"', 'begin: "07:00"', "rules.1.when.hours.0.begin"),
    broken("then: {queue: calls}", "then: {queue: gold}", "rules.0.then.queue"),
    broken("voice: {weight: 6", "voice: {weight: 0", "channels.voice.weight"),
    broken("[email]}\n", "[E-Mail]}\n", "channels.voice.compatible_with.0"),
    broken("{email: 1}", "{email: 101}", "capacity_weights.email"),
    broken("{old-queue: mail}", "{old-queue: gold}", "migrate_to.old-queue"),
    broken("owner_hold_s: 20", "owner_hold: 20", "policies.owner_hold"),
    broken("parked_weight: 0", "parked_weight: -1", "policies.parked_weight"),
]


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
        ("    requires: {billing: 2}", "    requires: {skiing: 2}", 5, "queues.1.requires.skiing"),
        ("    skills: {billing: 3}", "    skills: {skiing: 3}", 8, "agents.0.skills.skiing"),
        ("    queues: {money: 1}", "    queues: {gold: 1}", 9, "agents.0.queues.gold"),
        ("    then: {queue: money}", "    then: {queue: gold}", 13, "rules.0.then.queue"),
        ("default: {queue: support}", "default: {queue: gold}", 14, "default.queue"),
        ("  - queue_id: money", "  - queue_id: support", 4, "queues.1.queue_id"),
        ("skills: [billing]", "skills: [billing, billing]", 1, "skills.1"),
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


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: f"{case.field} {case.new[-12:]}")
def test_mistake_in_any_part_is_named_by_line_and_field(case: Broken) -> None:
    """Groups, profiles, steps, overflow, channels: no part is less well told than another."""
    problems, marked = told(case)

    # What it causes elsewhere (nobody knows a misspelled name) is told behind it.
    assert problems[0] == (marked, case.field)


def test_every_unknown_name_is_told() -> None:
    """An author who misspelled a queue in ten places learns of all ten at once."""
    text = GOOD.replace("queues: {money: 1}", "queues: {a: 1, b: 2}").replace(
        "{queue: s", "{queue: c"
    )

    assert [problem.field for problem in mistakes(text)] == [
        "agents.0.queues.a",
        "agents.0.queues.b",
        "default.queue",
    ]


def test_configuration_that_no_record_could_hold_is_refused() -> None:
    """A small document may mean a large configuration; its decision must fit into a record."""
    hours = ", ".join(["{}"] * 16)
    rules = "".join(
        f"- {{rule_id: r{number}, when: {{hours: [{hours}]}}, then: {{queue: a}}}}\n"
        for number in range(1_000)
    )

    problems = mistakes(f"queues: [{{queue_id: a}}]\ndefault: {{queue: a}}\nrules:\n{rules}")

    assert f"at most {CONFIGURATION_BYTES_MAX}" in problems[0].problem


# Under a coverage tool, which makes it five times slower, it takes 20 s.
@pytest.mark.timeout(120)
def test_ten_thousand_agents_fit_through_the_door_and_into_a_record() -> None:
    """The largest desk in a document as large as the door takes; read within the test's time."""
    agents = "".join(
        f"  - {{agent_id: agent-{number:05}, skills: {{english: 4, german: 2}},"
        f" queues: {{queue-{number % 30}: 1, queue-{(number + 7) % 30}: 2}}}}\n"
        for number in range(10_000)
    )
    queues = "".join(f"  - queue_id: queue-{number}\n" for number in range(30))
    text = (
        f"skills: [english, german]\nqueues:\n{queues}agents:\n{agents}default: {{queue: queue-1}}"
    )
    assert API_BODY_BYTES_MAX * 0.9 < len(text) < API_BODY_BYTES_MAX

    configuration = read_desk_configuration(text.encode(), is_json=False)

    applied = ConfigurationApplied(
        tenant_id="acme", desk_id="support", version=1, configuration=configuration
    )
    record = DecisionRecord(
        epoch=1,
        number=1,
        event_offset=1,
        event_id="e1",
        event_type="t",
        now_ms=1,
        decisions=(applied,),
    )
    assert len(configuration.agents) == 10_000
    assert len(encode_record(record)) < RECORD_BYTES_MAX - 64 * 1024
    assert decode_record(encode_record(record)) == record


def test_ids_with_dots_are_told_apart() -> None:
    """A contradiction in queue `a.b` points to that queue and not to queue `a`."""
    text = "queues:\n- queue_id: a\n- queue_id: a.b\n  requires: {ski: 1}\ndefault: {queue: a}\n"

    problems = mistakes(text)

    assert (problems[0].line, problems[0].field) == (4, "queues.1.requires.ski")


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
