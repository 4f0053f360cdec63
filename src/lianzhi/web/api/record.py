"""GET /v1/record/...: proofs for an auditor to verify the record.

Proofs are those of RFC 6962, checkpoints signed notes (C2SP tlog-checkpoint); see `record/`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import PlainTextResponse
from pydantic import Field

from lianzhi.web.api.forms import Node, QueryParams, Reply, optional
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(prefix="/record", tags=["record"], dependencies=[Depends(require_scope("read"))])

_LARGEST = 2**53 - 1
Size = Annotated[int, Field(ge=0, le=_LARGEST)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_NOTE = "lianzhi.example/record\n3\nq6F0…=\n\n— lianzhi.example/record 5lx…=\n"


class InclusionQuery(QueryParams):
    """For which log."""

    size: Size | None = optional(description="Entries; the whole log if left out.")


class ConsistencyQuery(QueryParams):
    """Between which sizes."""

    first: Size
    second: Size


class InclusionReply(Reply):
    """That an entry is in the log of this size."""

    index: int
    size: int
    leaf_hash: Hash
    proof: list[Hash] = Field(description="Audit path from the leaf to the root, RFC 6962 2.1.1.")


class ConsistencyReply(Reply):
    """That the log of `first` entries is a prefix of the log of `second`."""

    first: int
    second: int
    proof: list[Hash] = Field(description="RFC 6962 2.1.2.")


@router.get(
    "/checkpoint",
    summary="The newest signed checkpoint",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": _NOTE}}}, **documented(404)},
)
def get_checkpoint(node: Node) -> str:
    """A signed note: size and root of the log."""
    try:
        return node.ledger.checkpoint()
    except LookupError:
        raise Problem(404, "the record is empty", mend="ask again after the first entry") from None


@router.get(
    "/entries/{index}/proof",
    summary="Prove that an entry is in the log",
    responses=documented(404),
)
def prove_inclusion(
    node: Node,
    index: Annotated[int, Path(ge=0, le=_LARGEST)],
    query: Annotated[InclusionQuery, Query()],
) -> InclusionReply:
    """For the log of `size` entries, by default the whole log."""
    entry = next(node.ledger.entries(index, index + 1), None)
    whole = _whole(node) if query.size is None else query.size
    if entry is None or index >= whole:
        raise Problem(
            404,
            f"the log of {whole} entries holds no such entry",
            field="path.index",
            value=index,
            mend="ask for an index below the size of the checkpoint",
        )
    try:
        proof = node.ledger.inclusion(index, whole)
    except ValueError as error:
        raise _beyond("size", whole, error) from None
    return InclusionReply(
        index=index,
        size=whole,
        leaf_hash=entry.leaf_hash().hex(),
        proof=[step.hex() for step in proof],
    )


@router.get("/consistency", summary="Prove that the log only grew", responses=documented(404))
def prove_consistency(node: Node, query: Annotated[ConsistencyQuery, Query()]) -> ConsistencyReply:
    """Between two sizes, such as those of a checkpoint kept from earlier and of the newest."""
    first, second = query.first, query.second
    if first > second:
        raise Problem(
            422, "first is larger than second", field="query.first", value=first, mend="swap them"
        )
    try:
        proof = node.ledger.consistency(first, second)
    except ValueError as error:
        raise _beyond("second", second, error) from None
    return ConsistencyReply(first=first, second=second, proof=[step.hex() for step in proof])


def _beyond(field: str, value: int, error: ValueError) -> Problem:
    """404: the log has not grown to this size."""
    return Problem(
        404, str(error), field=f"query.{field}", value=value, mend="ask for at most that size"
    )


def _whole(node: Node) -> int:
    """Size in the newest checkpoint: that is what an auditor holds a root for."""
    try:
        return int(node.ledger.checkpoint().split("\n", 2)[1])
    except LookupError:
        return 0
