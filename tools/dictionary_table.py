"""Write `src/lianzhi/text/lexicon/dictionary.npz`: words, and how often they occur.

    python tools/dictionary_table.py DICT

DICT is `jieba/dict.txt` of jieba 0.42.1 (MIT; `pip download --no-deps jieba==0.42.1`): a word, how
often it was counted, and its part of speech in each line. Kept are words of up to four Chinese
characters that were counted `LEAST` times. Same file, same bytes.
"""

import math
import sys
from pathlib import Path

import numpy as np

from lianzhi.text.lexicon.dictionary import FIRST, LAST, LONGEST, PARTS, packed

OUT = Path(__file__).parents[1] / "src/lianzhi/text/lexicon/dictionary.npz"
LEAST = 10
#: Behind 傻, 妈 and the like this is hardly ever a word.
LEFT_OUT = ("逼真",)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    counted = [(word, int(count)) for word, count, *_ in map(str.split, lines)]
    total = sum(count for _, count in counted)
    kept = {
        word: count
        for word, count in counted
        if len(word) <= LONGEST
        and count >= LEAST
        and word not in LEFT_OUT
        and all(FIRST <= ord(char) <= LAST for char in word)
    }
    codes = np.zeros((len(kept), LONGEST), np.uint64)
    for row, word in zip(codes, kept, strict=True):
        row[: len(word)] = list(map(ord, word))
    key = packed(codes)
    order = np.argsort(key)
    cost = np.array([round(PARTS * math.log(total / count)) for count in kept.values()])
    np.savez_compressed(OUT, key=key[order], cost=cost[order].astype(np.uint16))
    print(f"wrote {OUT}: {len(kept):,} words, {OUT.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
