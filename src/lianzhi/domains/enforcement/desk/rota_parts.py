"""A rota in parts: what it asks of squads, each person's lines, and each swap, as texts."""

from collections.abc import Iterable
from typing import Any

import msgspec

from lianzhi.dispatch.rota.rota import Rota


def parts(rota: Rota) -> dict[str, str]:
    """Texts by name; `joined` makes the rota of them again."""
    people: dict[str, dict[str, list[Any]]] = {}
    for officer in rota.officers:
        people.setdefault(officer.id, {}).setdefault("officers", []).append(officer)
    for name in ("patterns", "leaves", "extras"):
        for line in getattr(rota, name):
            people.setdefault(line.officer, {}).setdefault(name, []).append(line)
    empty: dict[str, Any] = {"officers": (), "patterns": ()}
    texts: dict[str, dict[str, Any]] = {"covers": {"covers": rota.covers}}
    texts |= {f"person_{_letters(n)}": lines for n, lines in enumerate(people.values())}
    texts |= {f"swap_{_letters(n)}": {"swaps": [swap]} for n, swap in enumerate(rota.swaps)}
    return {name: msgspec.json.encode(empty | lines).decode() for name, lines in texts.items()}


def joined(texts: Iterable[str]) -> Rota:
    """The rota of the parts that are left, in no order of people."""
    lines: dict[str, list[Any]] = {name: [] for name in Rota.__struct_fields__}
    for text in texts:
        part = msgspec.json.decode(text, type=Rota)
        for name in lines:
            lines[name] += getattr(part, name)
    return Rota(**{name: tuple(entries) for name, entries in lines.items()})


def _letters(number: int) -> str:
    """A number in letters, of which alone the record's names of texts are made."""
    letters = ""
    while True:
        number, last = divmod(number, 26)
        letters = chr(ord("a") + last) + letters
        if not number:
            return letters
