"""The page of a change: two counts in the address, what they say and what they do not below."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.rules.refusal import RefusedError
from lianzhi.domains.biosecurity.words import words
from lianzhi.kit.figure_sentences import change_sentence, share_sentence, times
from lianzhi.kit.form_values import whole_number
from lianzhi.kit.page import QueryText, language_of, show, user_with
from lianzhi.kit.plots import log_place
from lianzhi.stats.rate_change import rate_change
from lianzhi.stats.rate_ratio import RateRatio

router = APIRouter(prefix="/change")
Reader = Annotated[Any, user_with("read")]
#: Marks of the scale of ratios.
_MARKS = (0.01, 0.1, 1, 10, 100)


class Bar(NamedTuple):
    """A ratio with its interval on a logarithmic scale, from 0 to 100 of its width."""

    key: str
    value: float
    lo: float
    hi: float
    text: str


@router.get("")
def change_page(
    request: Request,
    user: Reader,
    before: QueryText = "",
    after: QueryText = "",
    effort_before: QueryText = "",
    effort_after: QueryText = "",
    hits: QueryText = "",
    n: QueryText = "",
) -> Response:
    """What a change of counts says, and what a share says; fields that are empty ask nothing."""
    catalogue = words(language_of(request))
    context: dict[str, Any] = {
        "sentence": "",
        "bars": [],
        "share_sentence": "",
        "fields": {
            "before": before, "after": after, "effort_before": effort_before,
            "effort_after": effort_after, "hits": hits, "n": n,
        },
        "marks": [(log_place(mark, _MARKS[0], _MARKS[-1]), f"{mark:g}") for mark in _MARKS],
    }  # fmt: skip
    if before and after:
        counts = (whole_number(before, "before"), whole_number(after, "after"))
        change = rate_change(*counts, _effort(effort_before, effort_after))
        context["sentence"] = change_sentence(change, catalogue)
        context["bars"] = [_bar("counts", change.ratio)]
        if change.per_effort is not None:
            context["bars"].append(_bar("per_effort", change.per_effort))
    if hits and n:
        part, whole = whole_number(hits, "hits"), whole_number(n, "n")
        if not whole or part > whole:
            raise RefusedError("change_share", f"hits is {part} of {whole}", hits=hits, n=n)
        context["share_sentence"] = share_sentence(part, whole, catalogue)
    return show(request, "biosecurity/change.html", **context)


def _effort(before: str, after: str) -> tuple[float, float] | None:
    """Both efforts; None where none is given. Raises RefusedError for one alone, and for 0."""
    if not (before or after):
        return None
    if before and after:
        efforts = (whole_number(before, "effort_before"), whole_number(after, "effort_after"))
        if all(efforts):
            return float(efforts[0]), float(efforts[1])
    raise RefusedError("change_effort", f"effort is {before!r:.20} and {after!r:.20}")


def _bar(key: str, ratio: RateRatio) -> Bar:
    value, lo, hi = (
        log_place(ratio_, _MARKS[0], _MARKS[-1]) for ratio_ in (ratio.value, ratio.lo, ratio.hi)
    )
    return Bar(key, value, lo, hi, f"{times(ratio.lo)} – {times(ratio.hi)}")
