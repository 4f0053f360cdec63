"""Calls of the API over HTTP, with typed answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from lianzhi.client.batches import batches
from lianzhi.client.forms import (
    Case,
    Channel,
    Decision,
    Language,
    Nudge,
    Order,
    Problem,
    Receipt,
    Verdict,
)
from lianzhi.outbound import LOOPBACK

T = TypeVar("T")
_NDJSON, _JSON = "application/x-ndjson", "application/json"
#: Longest wait for which an answer may ask.
LONGEST_WAIT_S = 120


class ApiError(Exception):
    """The node refuses; the text has the reason, the field, and what to do."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        """Status code of the answer, such as 422."""
        self.problem = _problem(body)
        """Empty where something else than a node answered, such as a proxy."""
        parts = [self.problem.detail or "no answer of a node", self.problem.mend]
        parts += [f"{error.field}: {error.mend}" for error in self.problem.errors or ()]
        super().__init__(f"{status}: " + "; ".join(part for part in parts if part))


class NoAnswerError(Exception):
    """No answer came, after all attempts."""


class _Safe(Retry):
    """For what may be done twice: also tries again when the answer was lost, or 5xx."""

    RETRY_AFTER_STATUS_CODES = frozenset({429, 503})


class _Once(Retry):
    """For what must not be done twice: tries again only where nothing can have been done."""

    RETRY_AFTER_STATUS_CODES = frozenset({429})


class Client:
    """One node and one API key. Thread-safe; close it, or use it in a `with`.

    Every call raises ApiError where the node refuses, and NoAnswerError where none answers.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_s: float = 30.0,
        attempts: int = 6,
        backoff_s: float = 0.5,
        insecure: bool = False,
    ) -> None:
        """`url`: https, or http on this machine, or any http if `insecure`.

        Attempts are `backoff_s` times 1, 2, 4, ... apart, the first retry excepted, and as much at
        random, or what `Retry-After` says.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url {url!r}: give https://host")
        if parts.scheme == "http" and not insecure and parts.hostname not in LOOPBACK:
            raise ValueError(f"url {url!r}: use https, or set insecure: the key is sent along")
        self._url = url.rstrip("/")
        self._pool = PoolManager(
            headers={"Authorization": f"Bearer {key}", "Accept": _JSON},
            timeout=Timeout(timeout_s),
            maxsize=8,
        )
        shared: dict[str, Any] = {
            "total": attempts - 1,
            "redirect": False,
            "allowed_methods": None,
            "raise_on_status": False,
            "backoff_factor": backoff_s,
            "backoff_jitter": backoff_s,
            "backoff_max": LONGEST_WAIT_S,
            "retry_after_max": LONGEST_WAIT_S,
        }
        self._safe = _Safe(**shared, status_forcelist={500, 502, 503, 504})
        self._once = _Once(**shared, read=0, other=0)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def send_events(self, events: Iterable[Any], *, strict: bool = False) -> Receipt:
        """Send events (mappings, or structs) in batches; `strict`: refuse unknown fields.

        Safe to repeat as a whole: an event whose `source` and `id` are known is kept once.
        """
        receipt, sent = Receipt(), 0
        query = "?strict=true" if strict else ""
        for rows, body in batches(events):
            answer = self._call("POST", f"/v1/events{query}", body, self._safe, _NDJSON)
            receipt = receipt.plus(_read(answer, Receipt), sent)
            sent += rows
        return receipt

    def check(
        self,
        channel: Channel,
        actor: str,
        target: str,
        *,
        at: int | None = None,
        actor_created: int | None = None,
    ) -> Verdict:
        """Whether one account may address another now, or at `at` (Unix milliseconds)."""
        form = {"channel": channel, "actor": actor, "target": target, "at": at}
        form["actor_created"] = actor_created
        return _read(self._post("/v1/check", form, self._safe), Verdict)

    def nudge(self, text: str, language: Language = "zh") -> Nudge:
        """A hint at hurtful words, in this language. The node keeps nothing of the text."""
        headers = {"Accept-Language": language}
        return _read(self._post("/v1/nudge", {"text": text}, self._safe, headers), Nudge)

    def cases(self, status: str = "waiting") -> Iterator[Case]:
        """Cases that are `waiting` (the most urgent first), `open`, `protected` or `closed`."""
        cursor = ""
        while True:
            path = f"/v1/cases?status={quote(status)}" + (cursor and f"&cursor={quote(cursor)}")
            page = _read(self._call("GET", path, None, self._safe, _JSON), _CasePage)
            yield from page.rows
            if not page.next:
                return
            cursor = page.next

    def decide(
        self,
        case: str,
        *,
        ground: str,
        reason: str,
        orders: Iterable[Order] = (),
        decided_by: str = "",
        idempotency_key: str = "",
    ) -> Decision:
        """Decide on a case; without orders: that nothing is done.

        `decided_by` names the person who decided; else a program does. With an `idempotency_key`
        of your own, such as a UUID, it is sent again and decided once. Without one it is never
        sent again once it may have arrived: after NoAnswerError, look at the case first.
        """
        form: dict[str, Any] = {"ground": ground, "reason": reason, "orders": [*orders]}
        if decided_by:
            form["decided_by"] = decided_by
        path = f"/v1/cases/{quote(case, safe='')}/decisions"
        retries: Retry = self._safe if idempotency_key else self._once
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return _read(self._post(path, form, retries, headers), _DecisionDetail).row

    def _post(
        self, path: str, form: Any, retries: Retry, headers: Mapping[str, str] | None = None
    ) -> bytes:
        return self._call("POST", path, msgspec.json.encode(form), retries, _JSON, headers)

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        retries: Retry,
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        sent = {**self._pool.headers, **(headers or {}), "Content-Type": media_type}
        try:
            answer = self._pool.request(
                method,
                self._url + path,
                body=body,
                headers=sent,
                retries=retries,
                redirect=False,
            )
        except HTTPError as error:
            raise NoAnswerError(f"{self._url}: no answer ({error})") from error
        if not 200 <= answer.status < 300:
            raise ApiError(answer.status, answer.data)
        return answer.data


class _CasePage(msgspec.Struct):
    rows: tuple[Case, ...]
    next: str | None


class _DecisionDetail(msgspec.Struct):
    row: Decision


def _read(body: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.DecodeError as error:
        raise NoAnswerError(f"no answer of a node: {error}") from None


def _problem(body: bytes) -> Problem:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return Problem()
