"""Whose working time a desk's configuration knows, and what happens at its end."""

from typing import NamedTuple

from libs.common.contracts.configuration import Calendar, DeskConfiguration, ShiftEnd


class Shift(NamedTuple):
    """An agent's shifts. Two that are equal need no looking at again."""

    calendar: Calendar
    end: ShiftEnd


def shifts_of(desk: DeskConfiguration) -> dict[str, Shift]:
    """By agent, those who have any: the agent's own calendar, else that of their first group."""
    calendars = {one.calendar_id: one for one in desk.calendars}
    groups = {one.agent_group_id: one for one in desk.agent_groups}
    found: dict[str, Shift] = {}
    for agent in desk.agents if calendars else ():
        mine = [groups[name] for name in agent.groups]
        named = [agent.shift, *(group.shift for group in mine)]
        calendar_id = next((name for name in named if name is not None), None)
        if calendar_id is not None:
            ends = [group.shift_end for group in mine if group.shift_end is not None]
            end = ends[0] if ends else desk.policies.shift_end
            found[agent.agent_id] = Shift(calendars[calendar_id], end)
    return found
