"""Errors in the form of the specification: a list of code and description."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One error. The HTTP status of an answer is that of its first."""

    code: int
    description: str


def rows(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Errors as rows for `markup.write("errors", ...)`."""
    return [dict(one._asdict()) for one in problems]


def no_key() -> Problem:
    """What is said to a client without a valid `api_key`."""
    return Problem(403, "api_key is missing or not valid; ask the operator for one")


def jurisdiction(args: Mapping[str, str], known: Collection[str]) -> Problem | None:
    """What is wrong with `jurisdiction_id`: optional where only one (or none) is served."""
    given = args.get("jurisdiction_id", "").strip()
    if given and known and given not in known:
        return Problem(404, f"jurisdiction_id {given[:100]!r} was not found")
    if not given and len(known) > 1:
        return Problem(400, "jurisdiction_id was not provided; " + ", ".join(sorted(known)))
    return None
