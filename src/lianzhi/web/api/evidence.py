"""POST /v1/cases/{case}/evidence: a case as a file that others can verify."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from lianzhi.documents.forms import Language
from lianzhi.store import lookups
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Id, Node, QueryParams
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.download import MEDIA_TYPE, pack
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(prefix="/cases", tags=["cases"])


class EvidenceQuery(QueryParams):
    """In which language."""

    lang: Language = Field(default="zh", description="Of the summary.")


@router.post(
    "/{case}/evidence",
    summary="Everything that proves a case, in one file",
    response_class=Response,
    responses={
        200: {
            "description": "A ZIP file, see docs/evidence.md; its digest is on the record.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404, 413, 503),
    },
)
def export_evidence(
    request: Request,
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("read"))],
    look: Look,
    case: Annotated[Id, Path()],
    query: Annotated[EvidenceQuery, Query()],
) -> Response:
    """Originals, salts, proofs, checkpoint and summary. The export is put on the record."""
    try:
        with node.engine.connect() as connection:
            if lookups.case_by_id(connection, case) is None:
                raise KeyError(case)
        look(case, [case])
        return pack(request, node, case, query.lang, f"key:{key.id}")
    except KeyError:
        raise Problem(
            404,
            "there is no such case",
            field="path.case",
            value=case,
            mend="see GET /v1/cases",
        ) from None
