"""Write `src/lianzhi/store/lookalikes.txt`, characters that look like others in a user's name.

Source: `confusables.json` of the package confusable-homoglyphs (MIT), which holds confusables.txt
of Unicode Technical Standard 39. Kept are those that can stand in a name as it is stored (NFKC,
lower case), each with the form that stands for all of its look-alikes. Usage:

    pip download --no-deps confusable-homoglyphs && unzip -p confusable_homoglyphs-*.whl \
        confusable_homoglyphs/confusables.json | python tools/lookalikes_table.py
"""

import json
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

TABLE = Path(__file__).parents[1] / "src" / "lianzhi" / "store" / "lookalikes.txt"
HEAD = """\
# Characters that look alike: a form and, after a blank, those that stand for it (UTS 39).
# Written by tools/lookalikes_table.py from confusables.txt of the Unicode Consortium.
# Copyright (c) 1991-2023 Unicode, Inc. Unicode License V3, https://www.unicode.org/license.txt
"""
#: Of the digit, UTS 39 knows the capital letter alone, which no stored name has; the package leaves
#: out letters whose form is longer.
MORE = (("0", "o"), ("m", "rn"))


def stored(text: str) -> bool:
    """Whether a name may hold this: it stays as it is when it is folded."""
    return unicodedata.normalize("NFKC", text).casefold() == text and text.isprintable()


def _form(text: str) -> tuple[bool, bool, int, str]:
    """ASCII letters and digits come first, several before one: each sign is replaced by itself."""
    return (not text.isascii(), not text.isalnum(), -len(text), text)


def main() -> None:
    """Read the pairs from standard input and write the table."""
    data = json.load(sys.stdin)
    pairs = [(sign, other["c"]) for sign, others in data.items() for other in others]
    parent: dict[str, str] = {}

    def root(text: str) -> str:
        while parent.setdefault(text, text) != text:
            text = parent[text]
        return text

    for one, other in [*pairs, *MORE]:
        if stored(one) and stored(other):
            parent[root(one)] = root(other)
    classes = defaultdict(set)
    for text in parent:
        classes[root(text)].add(text)
    lines = []
    for members in classes.values():
        form = min(members, key=_form)
        alike = sorted(text for text in members if text != form and len(text) == 1)
        if alike:
            lines.append(f"{form} {''.join(alike)}")
    TABLE.write_text(HEAD + "\n".join(sorted(lines)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
