"""Dead letters: records put aside, listed and replayed by a person."""

from libs.common.dead_letters.letters import DeadLetter, read, reason_of, send
from libs.common.dead_letters.replay import read_all, renewed, replay

__all__ = ["DeadLetter", "read", "read_all", "reason_of", "renewed", "replay", "send"]
