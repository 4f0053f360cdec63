"""Counts of an application's requests: by route and status, and how long some of them take."""

from bisect import bisect_left
from collections import Counter

from starlette.types import Scope

#: Upper bounds of the buckets of a latency, in seconds.
BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
#: Routes that platforms wait for before they let something pass.
TIMED = ("/v1/check", "/v1/nudge")


class Latency:
    """A histogram of seconds, in plain integers."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS_S) + 1)
        """Requests by bucket, each for itself; the last has no bound."""
        self.seconds = 0.0
        """Sum of what all took."""

    def add(self, seconds: float) -> None:
        """Count a request."""
        self.buckets[bisect_left(BOUNDS_S, seconds)] += 1
        self.seconds += seconds


class RequestCounts:
    """Added to on the event loop alone."""

    def __init__(self) -> None:
        self.requests = Counter[tuple[str, int]]()
        """By the route's template and the answer's status; 0: none was sent."""
        self.latency = {route: Latency() for route in TIMED}

    def add(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request that is done."""
        route = template_of(scope)
        self.requests[route, status] += 1
        if route in self.latency:
            self.latency[route].add(seconds)


def template_of(scope: Scope) -> str:
    """Template of the request's route; `-`: none was found.

    Never a path as it was sent: there is no end to these.
    """
    template = getattr(scope.get("route"), "path", None)
    if isinstance(template, str):
        # FastAPI leaves out the prefix under which a router is included; it has no parameters.
        prefix = scope["path"].split("/")[: -template.count("/") or None]
        return "/".join(prefix) + template
    is_static = "endpoint" in scope and scope["path"].startswith("/static/")
    return "/static" if is_static else "-"
