"""A desk that uses every part of the configuration, and each way to break it: the mistake stands on
the line that is marked, under the field that is named.
"""

from typing import NamedTuple

from libs.common.documents.desk_document import read_desk_configuration
from libs.common.documents.problems import DocumentError, Problem
from libs.common.errors import InvalidInputError

MARK = "§"
GOOD = """\
skills: [english, billing]
queues:
  - queue_id: support
    requires: {english: 2}
    prefers: {billing: 1}
    policy: least_occupied
    offer: {mode: broadcast, agents: 3, timeout_s: 15}
    last_agent_hold_s: 20
    steps:
      - {after_s: 30, lower: {english: 1}}
      - {after_s: 30, drop: [billing], widen_to_queues: [calls]}
      - {after_s: 60, widen_to_groups: [second-line], credit_s: 60}
      - {after_s: 60, anyone: true, strict_class: 4}
    overflow: {to: mail, enter: {waiting: 20}, leave: {waiting: 10}}
    wrap_up_s: 30
    wrap_up_codes: [solved, sold]
  - queue_id: calls
    steps:
      - {after_s: 90, move_to: mail}
  - queue_id: mail
routing_profiles:
  - routing_profile_id: all-round
    queues: {support: 1, mail: 2}
  - routing_profile_id: turns
    weights: {support: 3, mail: 1}
agent_groups:
  - agent_group_id: second-line
    skills: {english: 4}
    routing_profile: turns
    channels: {web_chat: 3, voice: 1}
    capacity_units: 8
agents:
  - agent_id: anna
    groups: [second-line]
  - agent_id: ben
    skills: {billing: 3}
    routing_profile: all-round
    capacity_units: 4
  - agent_id: carl
    queues: {calls: 1}
    channels: {voice: 1}
  - agent_id: dora
    weights: {mail: 2}
rules:
  - rule_id: calls
    when: {channel: [voice]}
    then: {queue: calls}
  - rule_id: night
    when: {hours: [{begin: "00:00", end: "06:00"}]}
    then: {queue: mail}
default: {queue: support}
channels:
  voice: {weight: 6, exclusive: true, compatible_with: [email]}
  web_chat: {weight: 2}
capacity_weights: {email: 1}
migrate_to: {old-queue: mail}
policies: {parked_weight: 0, owner_hold_s: 20}
"""


class Broken(NamedTuple):
    """What is replaced by what (the line with the mistake is marked), and the field to name."""

    old: str
    new: str
    field: str


def broken(old: str, new: str, field: str) -> Broken:
    """One way to break the good desk; the first line of `new` is meant where none is marked."""
    return Broken(old, new if MARK in new else MARK + new, field)


def told(case: Broken) -> tuple[list[tuple[int | None, str]], int]:
    """The line and field of each mistake that is told, and the line that is marked."""
    assert case.old in GOOD
    text = GOOD.replace(case.old, case.new, 1)
    marked = text[: text.index(MARK)].count("\n") + 1
    problems = mistakes_of(text.replace(MARK, ""))
    return [(problem.line, problem.field) for problem in problems], marked


def mistakes_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a document, in the order in which it is told."""
    try:
        read_desk_configuration(text.encode(), is_json=False)
    except DocumentError as refusal:
        return refusal.problems
    except InvalidInputError as error:
        raise AssertionError(f"refused without places: {error}") from error
    return ()
