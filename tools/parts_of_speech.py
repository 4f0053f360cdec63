"""Write `parts_of_speech.npz`: what part of speech each word of the dictionary is.

    python tools/parts_of_speech.py DICT

DICT is `jieba/dict.txt`, which `tools/dictionary_table.py` reads (MIT; licence in
`text/lexicon/DICTIONARY.md`). One byte for each word of `text/lexicon/dictionary.npz`,
in its order: 1 noun, 2 name, 3 verb, 4 adjective, 0 anything else.
Same file, same bytes.
"""

import sys
from pathlib import Path

import numpy as np

from lianzhi.text.lexicon import dictionary

OUT = Path(__file__).parents[1] / "src/lianzhi/domains/dissemination/titles/parts_of_speech.npz"
PARTS = {"n": 1, "nz": 2, "ns": 2, "nt": 2, "nr": 2, "nrt": 2, "nrfg": 2, "s": 1, "j": 1}
PARTS |= {"v": 3, "vn": 3, "vd": 3, "vi": 3, "a": 4, "an": 4, "ad": 4, "b": 4, "z": 4}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    part = {word: PARTS.get(tag, 0) for word, _, tag in map(str.split, lines)}
    keys = dictionary.load().key.tolist()
    words = (key.to_bytes(8, "big").decode("utf-16-be").rstrip("\0") for key in keys)
    parts = np.array([part.get(word, 0) for word in words], np.uint8)
    np.savez_compressed(OUT, part=parts)
    print(f"wrote {OUT}: {parts.size:,} words, {OUT.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
