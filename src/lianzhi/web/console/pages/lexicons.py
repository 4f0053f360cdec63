"""Lexicon: its entries; terms that people add: each tried first, born in shadow, switched on."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, get_args

import msgspec
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from lianzhi.chain.lexicon import STATUSES, Status
from lianzhi.jobs.trial import NEWEST, Trial
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, missing, or_missing, show
from lianzhi.office.wordings import Wording, wording_of
from lianzhi.store import lexicon as stored
from lianzhi.text.fold.folding import fold
from lianzhi.text.lexicon.entries import INNOCENT, KINDS, ROLES
from lianzhi.text.lexicon.lexicons import LONGEST_EXAMPLE, LONGEST_TERM, LexiconError, strengths
from lianzhi.text.lexicon_check import check
from lianzhi.web.console.excerpts import excerpt
from lianzhi.web.console.page import Node, Reader, Ruler, Worker, actor
from lianzhi.web.core.limits import Gate
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/lexicons")

#: Kinds of entry that are listed, and of term that may be added.
LISTED = (*KINDS, "counter_speech", "innocent")
ADDED = (*KINDS, "counter_speech")
ROWS = 50
#: Versions that are listed.
VERSIONS = 10
#: Trials at the same time: each reads thousands of comments.
AT_ONCE = 2
#: What a page may say was done.
DONE = ("added", *STATUSES)
#: Why a term can't be taken as it is written.
REFUSED = ("kind", "strength", "term", "sense", "innocent", "examples", "rest")

_trials = Gate(AT_ONCE)

Line = Annotated[str, Typed, Form(max_length=200)]
Lines = Annotated[str, Typed, Form(max_length=4000)]
Reason = Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)]


class Typing(msgspec.Struct, frozen=True):
    """A term as it stands in the form."""

    kind: str = ""
    term: str = ""
    sense: str = ""
    strength: str = "aimed"
    innocent: str = ""
    examples: str = ""

    def refused(self) -> str:
        """Which of its fields can't be taken, one of REFUSED; empty: none."""
        if self.kind not in ADDED:
            return "kind"
        if self.strength not in strengths():
            return "strength"
        if not _is_term(self.term):
            return "term"
        if not _is_plain(self.sense):
            return "sense"
        if not all(map(_is_term, self.innocent.splitlines())):
            return "innocent"
        short = all(len(line) <= LONGEST_EXAMPLE for line in self.examples.splitlines())
        return "" if short else "examples"

    def wording(self) -> Wording:
        """The term that it stands for, once nothing is refused."""
        weight, aimed = strengths()[self.strength]
        return Wording(
            kind=self.kind,
            term=self.term,
            sense=self.sense,
            weight=weight,
            aimed=aimed,
            innocent=tuple(self.innocent.splitlines()),
            examples=tuple(self.examples.splitlines()),
        )


def _typing(
    kind: Line = "",
    term: Line = "",
    sense: Line = "",
    strength: Line = "",
    innocent: Lines = "",
    examples: Lines = "",
) -> Typing:
    return Typing(kind, term, sense, strength, innocent, examples)


SentTerm = Annotated[Typing, Depends(_typing)]


def _is_term(text: str) -> bool:
    short = len(text) <= LONGEST_TERM and not set(text) & set("{}")
    return short and _is_plain(text) and bool(fold(text).text.strip())


def _is_plain(text: str) -> bool:
    """Whether it is one line without control characters, which no table takes."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


@router.get("")
def lexicon(
    *,
    request: Request,
    node: Node,
    user: Reader,
    kind: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Entries by kind, and the terms that people added."""
    built, sought = node.lexicons.lexicon, fold(q.strip()).text.strip()
    kind = kind if kind in LISTED else ""
    roles = built.role.tolist()
    places = [
        place
        for place, term in enumerate(built.terms)
        if roles[place] <= INNOCENT and sought in term and kind in ("", ROLES[roles[place]])
    ]
    places.sort(key=roles.__getitem__)
    with node.engine.connect() as connection:
        terms = stored.terms(connection)
    return show(
        request,
        "lexicons.html",
        version=built.version,
        versions=stored.versions(node.engine, VERSIONS),
        trouble=node.lexicons.trouble,
        terms=[term for term in terms if term.status != "retired"],
        retired=[term for term in terms if term.status == "retired"],
        entries=[built.entry(place) for place in places[after : after + ROWS]],
        count=len(places),
        after=after,
        rows=ROWS,
        kind=kind,
        q=q.strip(),
        kinds=LISTED,
    )


@router.get("/new")
def new(request: Request, node: Node, user: Worker) -> Response:
    """The form for a term."""
    return _form(request, Typing())


@router.post("/new")
def tried(request: Request, node: Node, user: Worker, look: Look, typing: SentTerm) -> Response:
    """What the term would do, before it is added."""
    if refused := typing.refused():
        return _form(request, typing, refused)
    wording = typing.wording()
    try:
        with _place():
            trial = node.live.try_out(wording)
            remarks = check({wording.term: wording.file("active", node.now())})
    except LexiconError:
        return _form(request, typing, "rest")
    look("lexicons", _events(trial))
    context = _fields(typing) | _trial_context(trial, typing.kind)
    return show(request, "lexicon_new.html", **context, remarks=remarks)


@router.post("")
def add(request: Request, node: Node, user: Worker, reason: Reason, typing: SentTerm) -> Response:
    """Add a term, in shadow."""
    if refused := typing.refused():
        return _form(request, typing, refused)
    try:
        term_ = node.lexicons.add(typing.wording(), reason, actor(user), node.now())
    except LexiconError:
        return _form(request, typing, "rest")
    return done(f"/lexicons/{term_}", "added")


@router.get("/{term}")
def page(request: Request, node: Node, user: Reader, look: Look, term: str) -> Response:
    """A term: what it says, what it did since it was added, and each step of its life."""
    with node.engine.connect() as connection:
        known = stored.find_term(connection, term)
        steps = stored.term_steps(connection, term)
    if known is None:
        raise missing()
    tried = None
    if known.status != "retired":
        # What this version can't read any more is shown all the same, and can be retired.
        with _place(), suppress(LexiconError):
            tried = node.live.try_out(wording_of(known), known.added_at, known.id)
            look(known.id, _events(tried))
    context = _trial_context(tried, known.kind)
    return show(request, "lexicon_term.html", term=known, steps=steps, among=DONE, **context)


@router.post("/{term}/switch")
def switch(
    *,
    node: Node,
    user: Ruler,
    term: str,
    to: Annotated[str, Form(max_length=20)],
    reason: Reason,
) -> Response:
    """Switch a term on, back into shadow, or retire it, with the reason."""
    if to not in STATUSES:
        raise Problem(422, "a term has no such status", mend=f"use one of {', '.join(STATUSES)}")
    status: Status = next(known for known in get_args(Status) if known == to)
    with or_missing():
        try:
            node.lexicons.move(term, status, reason, actor(user), node.now())
        except LexiconError as error:
            raise Problem(422, str(error), mend="retire it, and add it anew") from None
    return done(f"/lexicons/{term}", to)


@contextmanager
def _place() -> Iterator[None]:
    """One of the places for trials. Raises Problem 503 when all are taken."""
    with _trials.enter() as admitted:
        if not admitted:
            raise Problem(
                503,
                "as many terms are being tried as the node can",
                mend="ask again in a few seconds",
                headers={"Retry-After": "5"},
            )
        yield


def _events(trial: Trial) -> list[str]:
    """How a look names the comments that are shown."""
    return [f"event:{sample.seq}" for sample in trial.samples]


def _form(request: Request, typing: Typing, refused: str = "") -> Response:
    plain: dict[str, Any] = {"refused": refused, "remarks": (), **_trial_context(None, "")}
    answer = show(request, "lexicon_new.html", **{**_fields(typing), **plain})
    answer.status_code = 422 if refused else 200
    return answer


def _fields(typing: Typing) -> dict[str, Any]:
    return {
        "given": typing,
        "fields": msgspec.structs.asdict(typing),
        "kinds": ADDED,
        "strengths": tuple(strengths()),
        "longest": LONGEST_TERM,
        "refused": "",
    }


def _trial_context(trial: Trial | None, kind: str) -> dict[str, Any]:
    samples = [(sample, excerpt(sample, kind)) for sample in trial.samples] if trial else []
    return {"tried": trial, "samples": samples, "most": NEWEST}
