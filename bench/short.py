"""Short texts of each kind of harm, and innocent ones that look like them; `python -m bench.short`.

`short/` holds 18,845 texts, most of 3 to 18 characters: for each kind harmful ones and innocent
look-alikes by two to six writers, half of which mirror a harmful one; everyday ones; and friendly
or plain ones to somebody or of somebody (`addressed`), in forms that abuse has as well.
It is a third of what they wrote, 40 neighbours at a time, chosen at random; models are fitted to
the rest, so that this is the same writers' hand. What is near to any example has been left out.
Shares that are read as this kind, and as any, with 95 % Wilson intervals. Hard on purpose: no rates
of ordinary traffic.

Beside these, `roles.tsv` has 700 texts by two writers, 300 of them threats at third persons who are
named by what they are to somebody (the landlord, a teacher), the others with the same words and no
threats; models are fitted to what two others wrote. They count for themselves.
"""

from pathlib import Path

from bench.share import CLEAR, share
from lianzhi.text import KINDS, assess_many

FOLDER = Path(__file__).with_name("short")
#: Files that count for themselves, and the kind that each is of.
APART = {"roles": "threat"}


def items() -> dict[str, list[tuple[bool, str]]]:
    """Whether each text is harmful, and the text, by kind, or by file that counts for itself."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for path in sorted(FOLDER.glob("*.tsv")):
        rows = [line.split("\t", 1) for line in path.read_text("utf-8").splitlines()]
        found[path.stem] = [(mark == "1", text) for mark, text in rows]
    return found


def run() -> list[tuple[str, str]]:
    rows, total = list[tuple[str, str]](), {True: [0, 0], False: [0, 0]}
    for file, texts in items().items():
        kind = APART.get(file, file)
        told = [one.kinds for one in assess_many([text for _, text in texts])]
        for harmful in (True, False):
            some = [one for one, (mark, _) in zip(told, texts, strict=True) if mark == harmful]
            such = sum(one.get(kind, 0) >= CLEAR for one in some)
            any_ = sum(max(one.values(), default=0) >= CLEAR for one in some)
            if file not in APART:
                total[harmful][0] += any_
                total[harmful][1] += len(some)
            name = f"short: {file}, {'harmful' if harmful else 'innocent'}, read as"
            if some and kind in KINDS:
                rows.append((f"{name} such", share(such, len(some), 3)))
            if some:
                rows.append((f"{name} harm", share(any_, len(some), 3)))
    for harmful, name in ((True, "harmful"), (False, "innocent")):
        rows.append((f"short: all, {name}, read as harm", share(*total[harmful], 3)))
    return rows


if __name__ == "__main__":
    for name, value in run():
        print(f"{name:58} {value}")
