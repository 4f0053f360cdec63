"""/v1/signals: signals between platforms, signed by them; API keys have no part in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from starlette.requests import ClientDisconnect

from lianzhi.chain.signal import NAME, SignalError
from lianzhi.config import ConfigError
from lianzhi.office import signal_answers, signal_receiving
from lianzhi.office.signal_answers import Shape
from lianzhi.web.api.forms import Node, QueryParams, Reply
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(tags=["signals"])

_NAME = f"^{NAME.pattern}$"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A signed message: `id`, and `data` with `from`, `to` and a STIX 2.1 "
        "`bundle` or a ThreatExchange `delta`; see docs/signals.md.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class TakenReply(Reply):
    """What became of a message."""

    taken: int = Field(ge=0, description="Statements that were new.")
    known: int = Field(ge=0, description="Statements that were said, or overtaken, before.")


@router.post(
    "/signals",
    summary="Take a signal, an opinion or a withdrawal of another platform",
    responses=documented(408, 409, 413),
    openapi_extra=_BODY,
)
async def receive_signal(request: Request, node: Node) -> TakenReply:
    """Signed as webhooks are, with the secret that the two platforms share.

    A signal at most opens a review. 409: an opinion on a signal that has not come yet.
    """
    try:
        body = await request.body()
    except ClientDisconnect:
        raise Problem(400, "the body broke off", mend="send the same message again") from None

    def take() -> signal_receiving.Received:
        with _refusals():
            return signal_receiving.take(node.signals, request.headers, body, node.now())

    receipt = await run_in_threadpool(take)
    return TakenReply(taken=receipt.new, known=receipt.known)


class SignalQuery(QueryParams):
    """Who asks whom, and since when."""

    from_: str = Field(alias="from", pattern=_NAME, examples=["beta"])
    to: str = Field(pattern=_NAME, examples=["alpha"])
    cursor: int = Field(default=0, ge=0, lt=1 << 63, description="`cursor` of the answer before.")
    shape: Shape = "stix"


@router.get("/signals", summary="What this platform says of signals, for another that was away")
def list_signals(request: Request, node: Node, query: Annotated[SignalQuery, Query()]) -> Response:
    """Signed over the query as it stands in the address; the answer is signed over its body."""
    with _refusals():
        body, headers = signal_answers.answer(
            node.signals, dict(request.headers), request.url.query, node.now()
        )
    return Response(body, headers=headers, media_type="application/json")


@contextmanager
def _refusals() -> Iterator[None]:
    """Tells what is wrong as a problem."""
    try:
        yield
    except signal_receiving.ForgedError as error:
        mend = "compare clock, names and secrets with keys/signals.toml; see docs/signals.md"
        raise Problem(401, str(error), mend=mend) from None
    except signal_receiving.UnknownSignalError as error:
        mend = "send the opinion again once the signal has come"
        raise Problem(409, f"there is no signal {error} here", mend=mend) from None
    except ConfigError:
        mend = "the operator has to mend keys/signals.toml"
        raise Problem(503, "signals can't be exchanged now", mend=mend) from None
    except SignalError as error:
        raise Problem(422, str(error), mend="mend it and send it again") from None
