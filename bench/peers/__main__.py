"""Measure Lianzhi beside its peers and print three tables; `make bench-text`.

Speed of matching alone, of Lianzhi as a whole, and what each still finds of words that are hidden.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

from bench.cloak import ATTACKS
from bench.peers import sets
from bench.peers.jobs import FOLDER, NPM, Job, LeftOut, ask, python
from bench.peers.tools import TOOLS, Tool

ROUNDS = 5
FILTERS = ("mint-filter", "sensitive-word-tool")
#: Name of what is measured to its goal.
GOALS = {
    "match": "500,000 msg/s or more",
    "batches": "50,000 msg/s or more",
    "one": "150 us or less",
    "loading": "0.5 s or less",
    "memory": "300 MB or less",
}
OURS, AS_WHOLE, CLEAR = "lianzhi", "lianzhi, as a whole", "lianzhi, as a whole, clear"
AS_WRITTEN = "lianzhi, as a whole, nothing restored"
Say = Callable[[str], None]
Ask = Callable[[Job], dict[str, Any]]


def tools() -> dict[str, Ask]:
    """By name, how each tool is asked. Those that are not here answer by LeftOut."""
    from_pypi = {tool.package: partial(_python, tool) for tool in TOOLS}
    return from_pypi | {name: partial(_node, name) for name in FILTERS}


def _python(tool: Tool, job: Job) -> dict[str, Any]:
    if not find_spec(tool.imported.partition(".")[0]):
        raise LeftOut("it is not installed; run `make bench-text`")
    return ask(python("tools", tool.package), job)


def _node(name: str, job: Job) -> dict[str, Any]:
    node = shutil.which("node")
    if not node:
        raise LeftOut("node is missing; install Node 20 or newer")
    if not (NPM / name).is_dir():
        raise LeftOut(f"{NPM / name} is missing; run `make bench-text`, which needs npm")
    command = [node, "--expose-gc", str(FOLDER / "filters.cjs"), name]
    return ask(command, job, {"NODE_PATH": str(NPM.absolute())})


def each(asked: dict[str, Ask], job: Job, say: Say) -> dict[str, dict[str, Any]]:
    """The answers of the tools that are here; of the others, why they are not."""
    answers = {}
    for name, one in asked.items():
        try:
            answers[name] = one(job)
        except LeftOut as error:
            say(f"left out: {name}: {error}")
    return answers


def matching(title: str, job: Job, answers: dict[str, dict[str, Any]], say: Say) -> None:
    """The table of matching alone."""
    rate = {name: len(job.texts) / answer["seconds"] for name, answer in answers.items()}
    say(f"match only, {title}: {len(job.patterns):,} patterns; goal: {GOALS['match']}")
    say(f"  {'':24} {'msg/s':>10} {'ours to it':>10} {'build s':>8} {'MB':>7} {'with a hit':>10}")
    for name, answer in answers.items():
        say(
            f"  {name + ' ' + answer['version']:24} {rate[name]:10,.0f} "
            f"{rate[OURS] / rate[name]:10.2f} {answer['build']:8.2f} "
            f"{answer['memory'] / 1e6:7.1f} {share(answer['found']):>10}"
        )


def whole(
    count: int,
    ours: dict[str, Any],
    pure: dict[str, Any],
    peers: dict[str, dict[str, Any]],
    say: Say,
) -> None:
    """The table of Lianzhi as a whole, and without what is compiled; its rates to each peer's."""
    rows: tuple[tuple[str, str, Callable[[float], str], str], ...] = (
        ("fold, match, context, wordings", "match", partial(_rate, count), ""),
        ("score_many, nothing restored", "score_many alone", partial(_rate, count), ""),
        ("score_many", "score_many", partial(_rate, count), GOALS["batches"]),
        ("assess_many", "assess_many", partial(_rate, count), GOALS["batches"]),
        ("assess, one by one, median", "one", _microseconds, GOALS["one"]),
        ("where nothing is found, median", "one, idle", _microseconds, GOALS["one"]),
        ("assess, one by one, p99", "one, slow", _microseconds, ""),
        ("assess, one by one, mean", "one, mean", _microseconds, GOALS["one"]),
        ("import", "import", _seconds, ""),
        ("import and first assessment", "loading", _seconds, GOALS["loading"]),
        ("peak memory of the process", "peak", _megabytes, GOALS["memory"]),
    )
    compiled = "compiled" if ours["compiled"] else "not compiled"
    say(f"lianzhi, full assessment, fresh process {compiled:>18} {'pure':>16}")
    for name, key, form, goal in rows:
        aim = f"   goal: {goal}" if goal else ""
        say(f"  {name:38} {form(ours[key]):>17} {form(pure[key]):>16}{aim}")
    for name, peer in peers.items():
        if name != OURS:
            rates = (peer["seconds"] / one["score_many"] for one in (ours, pure))
            first, second = (f"{rate:.3f} times" for rate in rates)
            say(f"  {'score_many to ' + name:38} {first:>17} {second:>16}")


def _rate(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f} msg/s"


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} us"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def share(marks: Iterable[bool]) -> str:
    """Share of what is marked."""
    some = list(marks)
    return f"{sum(some) / len(some):.3f}" if some else "none"


def hidden(
    made: Sequence[sets.Hidden],
    found: dict[str, Sequence[bool]],
    alarms: dict[str, Sequence[bool]],
    say: Say,
) -> None:
    """The table of words found again, by way of hiding, and of harmless comments with a hit."""
    ways = {way: (way,) for way in (sets.WRITTEN, *ATTACKS)}
    ways |= {"all attacks": tuple(ATTACKS), sets.PHRASES: (sets.PHRASES,)}
    rows = {
        name: [place for place, one in enumerate(made) if one.way in some]
        for name, some in ways.items()
    }
    columns: dict[tuple[str, ...], list[str]] = {}
    for name, marks in found.items():
        shares = [share(marks[place] for place in places) for places in rows.values()]
        columns.setdefault((*shares, share(alarms[name])), []).append(name)
    say("share in which something is found; words hidden by the held-out half of each attack")
    for number, names in enumerate(columns.values(), 1):
        say(f"  ({number}) {', '.join(names)}")
    counts = [*map(len, rows.values()), len(next(iter(alarms.values())))]
    heads = " ".join(f"{f'({number})':>6}" for number in range(1, len(columns) + 1))
    say(f"  {'':28} {'n':>6} {heads}")
    told = zip((*rows, "harmless comments"), counts, zip(*columns, strict=True), strict=True)
    for way, count, shares in told:
        say(f"  {way:28} {count:6,} " + " ".join(f"{one:>6}" for one in shares))


def run(say: Say) -> None:
    # What is started from here inherits it: one core for all, garbage collectors included.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    asked, some, words = tools(), sets.comments(), sets.harm()
    say(f"{len(some.texts):,} comments: {some.source}; load average {os.getloadavg()[0]:.1f}")
    say("each a call a comment, as written; lianzhi folds and matches in batches")
    job = Job(words, some.texts, ROUNDS)
    answers = each(asked, job, say)
    here = {name: asked[name] for name in answers}
    matching("lexicon", job, answers, say)
    many = Job(sets.ten_thousand(), some.texts, ROUNDS)
    matching("mixed", many, each(here, many, say), say)
    ours = ask(python("ours"), Job([], some.texts, ROUNDS))
    pure = ask(python("ours"), Job([], some.texts, ROUNDS), {"LIANZHI_PURE": "1"})
    whole(len(some.texts), ours, pure, answers, say)

    def told(by: dict[str, dict[str, Any]], own: dict[str, Any]) -> dict[str, Sequence[bool]]:
        found = {name: answer["found"] for name, answer in by.items()}
        return found | {AS_WRITTEN: own["written"], AS_WHOLE: own["any"], CLEAR: own["clear"]}

    first = told(answers, ours)
    places = sets.quiet(some, list(first.values()))
    made = sets.hide(sets.to_hide(words), places) + sets.innocent(places)
    job = Job(words, [one.text for one in made], 0)
    found = told(each(here, job, say), ask(python("ours"), job._replace(patterns=[])))
    alarms = {
        name: [mark for mark, calm in zip(marks, some.harmless, strict=True) if calm]
        for name, marks in first.items()
    }
    hidden(made, found, alarms, say)


if __name__ == "__main__":
    run(lambda line: print(f"peers: {line}", flush=True))
