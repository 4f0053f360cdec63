"""GET /metrics: figures of the node for Prometheus."""

from fastapi import APIRouter, Depends, Request, Response

from lianzhi.web.core.auth import allow_key
from lianzhi.web.core.metrics import CONTENT_TYPE, Metrics
from lianzhi.web.core.problems import documented

router = APIRouter(tags=["health"])


async def may_read(request: Request) -> None:
    """Raises Problem 401 or 403 without a key of scope `read`, unless `metrics_open` is set."""
    if not request.app.state.settings.metrics_open:
        await allow_key(request, "read")


@router.get(
    "/metrics",
    summary="Figures of the node for Prometheus",
    dependencies=[Depends(may_read)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **documented(401, 403, 429)},
)
def metrics(request: Request) -> Response:
    """Prometheus text format. Names nobody: labels are routes, kinds and stages."""
    exposed: Metrics = request.app.state.metrics
    return Response(exposed.text(), headers={"Content-Type": CONTENT_TYPE})
