"""`ops/Containerfile`, read: its stages, and their instructions in order."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Instruction(NamedTuple):
    """One instruction: its word in capitals, and what follows, on one line."""

    word: str
    text: str


def stages() -> list[list[Instruction]]:
    """The instructions of each stage; each begins with its FROM."""
    text = (ROOT / "ops" / "Containerfile").read_text("utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    found: list[list[Instruction]] = []
    for line in filter(str.strip, lines):
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, " ".join(rest.split())))
    return found


def texts(stage: list[Instruction], word: str) -> list[str]:
    """What follows a word, for each instruction that begins with it."""
    return [instruction.text for instruction in stage if instruction.word == word]


def copies(stage: list[Instruction]) -> list[tuple[list[str], str]]:
    """Sources and destination of what is copied from the tree."""
    copied = [text.split() for text in texts(stage, "COPY") if not text.startswith("--from")]
    return [(words[:-1], words[-1]) for words in copied]


def run_line(stage: list[Instruction], part: str) -> list[str]:
    """The words of the RUN line that has `part` in it."""
    (line,) = [text for text in texts(stage, "RUN") if part in text]
    return shlex.split(line)
