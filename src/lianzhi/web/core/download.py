"""Download: evidence packs and transfer packs as answers, for the API and the console alike."""

from base64 import b64encode
from collections.abc import Callable
from typing import BinaryIO, TypeVar

from fastapi import Request
from fastapi.responses import Response

from lianzhi.documents.forms import Facts, Language
from lianzhi.documents.pack import PackTooLargeError
from lianzhi.jobs import evidence, transfer
from lianzhi.jobs.evidence import Exported
from lianzhi.jobs.transfer import Handed, Sending
from lianzhi.kit.downloads import streamed
from lianzhi.web.core.limits import Gate
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.problems import Problem

MEDIA_TYPE = "application/zip"
#: Packs made at the same time: each reads the whole case.
AT_ONCE = 2

Done = TypeVar("Done", Exported, Handed)


def pack(request: Request, node: NodePort, case: str, lang: Language, by: str) -> Response:
    """Make the pack and put its export on the record; the answer streams it.

    Raises KeyError where there is no such case, and Problem.
    """
    facts = Facts(
        case=case,
        lang=lang,
        made_at=node.now(),
        by=by,
        deployment=request.app.state.deployment,
        utc_offset_minutes=_offset_minutes(request),
    )
    return _pack_response(
        request,
        node,
        f"evidence-{case}",
        lambda file: evidence.export(node.ledger, node.home / "events", facts, file),
    )


def transfer_pack(
    request: Request, node: NodePort, measure: str, lang: Language, by: str
) -> Response:
    """The pack that a transfer hands over, as a download.

    Raises KeyError where there is no such measure, IllegalStepError where it is no transfer to be
    made, and Problem.
    """
    sending = Sending(
        measure=measure,
        lang=lang,
        made_at=node.now(),
        by=by,
        sender=node.post.sender,
        utc_offset_minutes=_offset_minutes(request),
        without_victim=node.proceedings.office.policy(node.now()).without_victim,
    )
    grounds = node.proceedings.published
    return _pack_response(
        request,
        node,
        f"transfer-{measure.removeprefix('m_')}",
        lambda file: transfer.export(node.ledger, node.home, grounds, sending, file),
    )


def _pack_response(
    request: Request, node: NodePort, name: str, make: Callable[[BinaryIO], Done]
) -> Response:
    gate: Gate = request.app.state.exports
    with gate.enter() as admitted:
        if not admitted:
            raise Problem(
                503,
                "the node is making as many evidence packs as it can",
                mend="ask again in a few seconds",
                headers={"Retry-After": "5"},
            )
        file = evidence.spool(node.home)
        try:
            done = make(file)
        except BaseException as error:
            file.close()
            if isinstance(error, PackTooLargeError):
                raise Problem(
                    413, str(error), mend="ask the operator to read the record itself"
                ) from None
            raise
    name = "".join(char for char in name if char.isascii() and (char.isalnum() or char == "-"))
    digest = b64encode(bytes.fromhex(done.sha256)).decode()
    digested = {"Repr-Digest": f"sha-256=:{digest}:"}
    return streamed(file, f"{name}.zip", done.bytes, digested)


def _offset_minutes(request: Request) -> int:
    return int(request.app.state.zone.utcoffset(None).total_seconds()) // 60
