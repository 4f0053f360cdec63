"""Write `src/lianzhi/text/views.npz`, the tables behind `lianzhi.text.views`.

The reading of each Chinese character without its tone, the most frequent one where there are
several, from pypinyin (MIT); and which characters people put between others to hide a word.
"""

import argparse
import unicodedata
from pathlib import Path

import numpy as np
from pypinyin import Style, lazy_pinyin

OUT = Path(__file__).parents[1] / "src/lianzhi/text/views.npz"
HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))
#: What ends or divides a clause stays: words do not run across it.
CLAUSE = set(",.!?;:，。！？；：、\n")


def reading(char: str) -> str:
    """The syllable without its tone; empty where it has none."""
    (said,) = lazy_pinyin(char, style=Style.NORMAL, errors="ignore") or [""]
    return said if said.isascii() and said.isalpha() else ""


def separates(code: int) -> bool:
    """Whether a character stands between others and says nothing: a space, a sign, no picture."""
    char = chr(code)
    if char in CLAUSE:
        return False
    category = unicodedata.category(char)
    return category[0] in "ZP" or (category in {"Sm", "Sk", "Sc"} and code < 0x3000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    said = {code: one for block in HAN for code in block if (one := reading(chr(code)))}
    syllables = sorted(set(said.values()))
    number = {one: place for place, one in enumerate(syllables)}
    np.savez_compressed(
        out,
        code=np.array(list(said), np.uint32),
        syllable=np.array([number[one] for one in said.values()], np.uint16),
        syllables=np.array(syllables),
        separators=np.array([c for c in range(0x110000) if separates(c)], np.uint32),
    )
    print(f"{out}: {len(said)} characters, {len(syllables)} syllables, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
