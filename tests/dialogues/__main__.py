"""Compare the dialogues with what the engine decides, or with `--rewrite` write that down."""

import argparse
import sys
from pathlib import Path

from tests.dialogues.playing import play
from tests.dialogues.script import chapters, read_chapter, write_chapter


def main() -> int:
    """Play the named chapters, or all; returns how many dialogues are told otherwise now."""
    parser = argparse.ArgumentParser(prog="tests.dialogues", description=__doc__)
    parser.add_argument("chapters", nargs="*", type=Path, help="files; all without any")
    parser.add_argument("--rewrite", action="store_true", help="write what is decided now")
    arguments = parser.parse_args()
    changed = played = 0
    for path in arguments.chapters or chapters():
        told = [(dialogue, play(dialogue)) for dialogue in read_chapter(path)]
        played += len(told)
        for dialogue, decided in told:
            if decided != [happening.expected for happening in dialogue.happenings]:
                changed += 1
                sys.stdout.write(f"{dialogue.chapter}: {dialogue.title}: is told otherwise now\n")
        if arguments.rewrite:
            write_chapter(path, told)
    sys.stdout.write(f"{played} dialogues, {changed} told otherwise\n")
    return 0 if arguments.rewrite else min(changed, 1)


if __name__ == "__main__":
    sys.exit(main())
