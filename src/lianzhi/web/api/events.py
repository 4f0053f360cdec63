"""POST /v1/events: a batch of events as NDJSON, durable when answered."""

import zlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from starlette.requests import ClientDisconnect

from lianzhi.flow.late import late_advice
from lianzhi.jobs.forms import Receipt
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Node, Reply
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.limits import Gate
from lianzhi.web.core.problems import Problem, documented
from lianzhi.web.core.settings import Settings

MEDIA_TYPE = "application/x-ndjson"
#: The same bytes, from clients that know no NDJSON: such are generated from the description.
BYTES_TYPE = "application/octet-stream"
_MEMBERS = 64
_EXAMPLE = (
    '{"id":"c1","source":"weibo","kind":"comment","time":"2026-11-25T20:05:00+08:00",'
    '"actor":"u7","target":"u1","object":"post-9","text":"今天的比赛真精彩"}\n'
    '{"id":"l1","source":"weibo","kind":"like","time":1795608301000,"actor":"u8","target":"u1"}\n'
)
_BODY = {
    "requestBody": {
        "required": True,
        "description": "One JSON object a line, UTF-8; `Content-Encoding: gzip` is understood.",
        "content": {
            MEDIA_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE},
            BYTES_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

router = APIRouter(tags=["events"])


class RowRefused(Reply):
    """A row that went to quarantine."""

    line: int = Field(ge=1, examples=[3])
    reason: str = Field(examples=["missing_field"])
    detail: str = Field(examples=["actor: missing; add the account that acted"])


class UnknownField(Reply):
    """A field that no event has: it is kept with the row, and read by nobody."""

    field: str = Field(examples=["traget"])
    rows: int = Field(ge=1, examples=[3], description="Accepted rows of the batch that have it.")
    did_you_mean: str | None = Field(examples=["target"])


class ReceiptReply(Reply):
    """What became of the batch; everything counted here is durable."""

    accepted: int = Field(ge=0, examples=[498])
    duplicates: int = Field(
        ge=0, examples=[1], description="Known by (source, id), with the same content; kept once."
    )
    quarantined: int = Field(ge=0, examples=[1])
    conflicts: int = Field(
        ge=0,
        examples=[0],
        description="Those of the quarantined rows whose (source, id) is known with other content, "
        "which stays.",
    )
    late: int = Field(
        ge=0, examples=[0], description="Accepted, but too late to be judged by detectors."
    )
    advice: list[str] = Field(
        description="What to do about late events.",
        examples=[["3 came late, by up to 12 s: they are kept but not judged, ..."]],
    )
    reasons: list[RowRefused] = Field(description="The first 100 rows that were refused.")
    unknown_fields: list[UnknownField] = Field(
        description="Misspelt, perhaps; put data of your own under `ext`."
    )


@router.post(
    "/events",
    summary="Send a batch of events",
    response_model=ReceiptReply,
    responses=documented(408, 413, 415, 503),
    openapi_extra=_BODY,
)
async def send_events(
    request: Request,
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("ingest"))],
    content_encoding: Annotated[
        str, Header(json_schema_extra={"enum": ["gzip", "identity"]})
    ] = "identity",
    strict: Annotated[
        bool, Query(description="Send rows with unknown fields to quarantine.")
    ] = False,
) -> ReceiptReply:
    """Good rows are accepted beside bad ones: 200 also when rows went to quarantine.

    Sending a batch again is harmless. 503 with `Retry-After` means that the node is at its
    limit: slow down and send the same batch again.
    """
    _check_type(request)
    encoding = content_encoding.strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise Problem(
            415,
            "this content encoding is not understood",
            field="header.content-encoding",
            value=content_encoding,
            mend="send gzip, or no encoding",
        )
    settings: Settings = request.app.state.settings
    gate: Gate = request.app.state.submits
    with gate.enter() as admitted:
        if not admitted:
            raise Problem(
                503,
                "the node is taking as many batches as it can",
                mend="send the same batch again in a second",
                headers={"Retry-After": "1"},
            )
        body = await _read(request)

        def submit() -> Receipt:
            rows = gunzip(body, settings.max_batch) if encoding == "gzip" else body
            return node.intake.submit(rows, key.id, strict=strict)

        receipt = await run_in_threadpool(submit)
    return ReceiptReply(
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        quarantined=receipt.quarantined,
        conflicts=receipt.conflicts,
        late=receipt.late,
        advice=[late_advice(receipt.late, receipt.behind_ms)] if receipt.late else [],
        reasons=[
            RowRefused(line=line, reason=reason, detail=detail)
            for line, reason, detail in receipt.reasons
        ],
        unknown_fields=[
            UnknownField(field=name, rows=rows, did_you_mean=near or None)
            for name, rows, near in receipt.unknown_fields
        ],
    )


def _check_type(request: Request) -> None:
    given = request.headers.get("content-type", "")
    if given.split(";")[0].strip().lower() not in {MEDIA_TYPE, BYTES_TYPE}:
        raise Problem(
            415,
            "events are taken as NDJSON only",
            field="header.content-type",
            value=given,
            mend=f"send one JSON object a line as {MEDIA_TYPE}",
        )


async def _read(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise Problem(400, "the body broke off", mend="send the same batch again") from None


def gunzip(data: bytes, limit: int) -> bytes:
    """Decompress gzip (RFC 1952) to at most `limit` bytes.

    Never holds more than that, whatever the input promises. Raises Problem: 413 when there is
    more, 400 when the data is not gzip, breaks off, or has more than 64 members.
    """
    parts: list[bytes] = []
    left = limit + 1
    for _ in range(_MEMBERS):
        stream = zlib.decompressobj(wbits=31)
        try:
            part = stream.decompress(data, left)
        except zlib.error:
            raise _not_gzip("is not gzip") from None
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise Problem(
                413,
                f"the batch holds more than {limit} bytes when decompressed",
                mend="send it in smaller batches",
            )
        if not stream.eof:
            raise _not_gzip("breaks off")
        data = stream.unused_data
        if not data:
            return b"".join(parts)
    raise _not_gzip(f"has more than {_MEMBERS} gzip members")


def _not_gzip(fault: str) -> Problem:
    return Problem(
        400,
        f"the body is announced as gzip but {fault}",
        mend="compress the batch once, or send it without Content-Encoding",
    )
