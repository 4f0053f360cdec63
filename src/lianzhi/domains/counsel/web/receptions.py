"""Pages of reception days and of commitments."""

from collections.abc import Iterator
from typing import Any

from lianzhi.domains.counsel.acts.reception import COMMITMENT, RECEPTION
from lianzhi.domains.counsel.desk.desk import Desk
from lianzhi.domains.counsel.nouns.reception import Commitment, Reception
from lianzhi.domains.counsel.web.office_files import Fact, View, router_of


def _reception(file: Reception) -> Iterator[Fact]:
    yield Fact("office.held", file.began.isoformat())
    yield Fact("office.kind", file.kind, "reception_kind")
    yield Fact("office.place", file.place)
    yield Fact("office.receiver", file.receiver)
    yield Fact("office.heard", file.matters)


def _commitment(file: Commitment) -> Iterator[Fact]:
    yield Fact("office.owner", file.owner)
    yield Fact("office.reception", file.reception, address=f"/counsel/receptions/{file.reception}")
    if file.outcome:
        yield Fact("office.outcome", file.outcome, "commitment_outcome")


def _of_reception(desk: Desk, file: Reception | None) -> dict[str, Any]:
    if file is None:
        return {"tabs": True}
    commitments = desk.commitments.of_reception(file.id)
    return {"commitments": commitments, "promise": COMMITMENT.opening}


def _of_commitments(desk: Desk, file: Commitment | None) -> dict[str, Any]:
    return {"tabs": True, "kept": desk.commitments.kept_share()} if file is None else {}


ROUTERS = (
    router_of(
        View(
            RECEPTION,
            ("open", "closed"),
            lambda desk: desk.receptions,
            _reception,
            "receptions",
            more=_of_reception,
        )
    ),
    router_of(
        View(
            COMMITMENT,
            ("open", "ended", "told"),
            lambda desk: desk.commitments,
            _commitment,
            "commitments",
            more=_of_commitments,
        )
    ),
)
