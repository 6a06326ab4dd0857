"""Plays a dialogue: line by line, what happens and what the engine decides.

A line may begin with its time in seconds from the start. What is due at a moment is ticked before
what happens then, unless the line says `before the tick`.
"""

import re

from libs.common.contracts import events as e
from libs.common.contracts.configuration import DeskConfiguration
from tests.dialogues.cast import Cast
from tests.dialogues.phrases import event_of
from tests.dialogues.script import Dialogue, Happening
from tests.dialogues.stage import START_MS, TENANT, Decided, Stage
from tests.dialogues.telling import seconds, tell

UNITS_MS = {"s": 1_000, "min": 60_000, "h": 3_600_000}
_CLOCK = re.compile(r"(?P<at>[0-9.]+) s(?P<early>, before the tick)?: (?P<rest>.*)")
_PAUSE = re.compile(r"(?P<number>[0-9.]+) (?P<unit>s|min|h) pass")
_TENANT = re.compile(r"at (?P<tenant>\w+): (?P<rest>.*)")
_DATED = re.compile(r"dated (?P<number>\d+) (?P<unit>s|min|h) (?P<way>ago|ahead): (?P<rest>.*)")
_SILENCE = re.compile(r"(?P<replica>[a-z0-9-]+) (?P<how>falls silent|speaks again)")
_THERE = re.compile(r"(?P<agents>[a-z]+(?:(?:, | and )[a-z]+)*) (?:is|are) there")
NOTHING = "nothing"


def play(dialogue: Dialogue) -> list[list[str]]:
    """What is decided after each happening. Raises AssertionError where an invariant breaks."""
    player = _Player(dialogue)
    told = [player.play(happening) for happening in dialogue.happenings]
    player.stage.prove_log()
    return told


class _Player:
    """One dialogue in play."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.showing = dialogue.showing
        self.stage = Stage()
        self.cast = Cast(dialogue.desk)
        configuration = DeskConfiguration.model_validate(dialogue.desk)
        self.stage.hear(e.DeskConfigured(configuration=configuration))
        self.stage.pass_until(START_MS)

    def play(self, happening: Happening) -> list[str]:
        if happening.line.startswith("--"):
            return []
        line = happening.line.removesuffix(":")
        told, line, is_early = self._turn_clock(line)
        begun_ms = self.stage.now_ms
        now = self._happen(line, happening)
        is_timed = self.stage.now_ms != begun_ms
        told += self._tell(now, is_timed=is_timed)
        if not is_timed and not is_early:
            due = self.stage.pass_until(self.stage.now_ms)
            told += self._tell(due, is_timed=False)
        return told if told or now or is_timed or "falls silent" in line else [NOTHING]

    def _turn_clock(self, line: str) -> tuple[list[str], str, bool]:
        """Let it be as late as the line says; returns what that brings and the line's rest."""
        clock = _CLOCK.fullmatch(line)
        if clock is None:
            return [], line, False
        until_ms = START_MS + round(float(clock["at"]) * 1_000)
        assert until_ms >= self.stage.now_ms, f"time never goes back: {line}"
        is_early = clock["early"] is not None
        decided = self.stage.pass_until(until_ms - is_early)
        self.stage.now_ms = until_ms
        return self._tell(decided, is_timed=True), clock["rest"], is_early

    def _happen(self, line: str, happening: Happening) -> list[Decided]:
        stage = self.stage
        if pause := _PAUSE.fullmatch(line):
            pause_ms = round(float(pause["number"]) * UNITS_MS[pause["unit"]])
            return stage.pass_until(stage.now_ms + pause_ms)
        if silence := _SILENCE.fullmatch(line):
            change = stage.silent.add if silence["how"] == "falls silent" else stage.silent.discard
            change(silence["replica"])
            return []
        if there := _THERE.fullmatch(line):
            return self._arrive(re.split(r", | and ", there["agents"]))
        if line == "the same event comes again":
            return stage.hear_again()
        if line == "something unreadable comes":
            return stage.hear_event(None, event_id=f"unreadable-{stage.offset}")
        return self._hear(line, happening)

    def _hear(self, line: str, happening: Happening) -> list[Decided]:
        tenant_id, dated_ms = TENANT, 0
        if tenant := _TENANT.fullmatch(line):
            tenant_id, line = tenant["tenant"], tenant["rest"]
        if dated := _DATED.fullmatch(line):
            sign = -1 if dated["way"] == "ago" else 1
            dated_ms, line = sign * int(dated["number"]) * UNITS_MS[dated["unit"]], dated["rest"]
        event = event_of(self.cast, line, happening.changes)
        return self.stage.hear(event, tenant_id=tenant_id, dated_ms=dated_ms)

    def _arrive(self, agents: list[str]) -> list[Decided]:
        decided: list[Decided] = []
        for agent_id in agents:
            for line in (f"{agent_id} connects", f"{agent_id} is available"):
                decided += self._hear(line, Happening(line))
        return decided

    def _tell(self, decided: list[Decided], *, is_timed: bool) -> list[str]:
        told: list[str] = []
        for one in decided:
            sentence = tell(self.cast.book, one, showing=self.showing)
            self.cast.watch(one.decision)
            if sentence is not None:
                at = f"{seconds(one.now_ms - START_MS)}: " if is_timed else ""
                told.append(at + sentence)
        return told
