"""Errors as the specification has them: a list of code and description."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """An error. The HTTP status of an answer is the code of its first problem."""

    code: int
    description: str


def rows(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Errors as rows for `markup.write("errors", ...)`."""
    return [dict(problem._asdict()) for problem in problems]


def no_key() -> Problem:
    """The problem of a client without a valid `api_key`."""
    return Problem(403, "api_key is missing or not valid; ask the operator for one")


def jurisdiction(args: Mapping[str, str], known: Collection[str]) -> Problem | None:
    """The problem with `jurisdiction_id`, which is optional where at most one is served."""
    given = args.get("jurisdiction_id", "").strip()
    if given and known and given not in known:
        return Problem(404, f"jurisdiction_id {given[:100]!r} was not found")
    if not given and len(known) > 1:
        return Problem(400, "jurisdiction_id was not provided; " + ", ".join(sorted(known)))
    return None
