"""People: who may sign in with which roles, and which programs may call."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.campaign import BODIES
from lianzhi.documents.format import DAY, HOUR
from lianzhi.kit.page import done, missing, show
from lianzhi.store import accounts
from lianzhi.store.accounts import ROLES
from lianzhi.store.keys import SCOPES
from lianzhi.store.refusal import AccountError
from lianzhi.store.users import User
from lianzhi.web.console.page import Manager, Node
from lianzhi.web.core.ports import RecordPort

router = APIRouter(prefix="/people")

#: What forms offer: days until a key expires (0: never), hours for which an old secret lasts.
DAYS = (30, 90, 180, 365, 0)
OVERLAPS = (0, 1, 24, 168)
#: What a page may say was done.
DONE = ("roles", "body", "disabled", "enabled", "unlocked", "revoked")

Words = Annotated[str, Form(max_length=200)]
Chosen = Annotated[list[str], Form(default_factory=list, max_length=20)]


@router.get("")
def page(request: Request, node: Node, user: Manager) -> Response:
    """Users and keys."""
    return _page(request, node)


@router.post("/users")
def add_user(
    *,
    request: Request,
    node: Node,
    user: Manager,
    name: Words,
    roles: Chosen,
) -> Response:
    """Add a user; the page that answers shows the password, once."""
    password = accounts.generated()
    try:
        added = accounts.add_user(node.ledger, name, password, roles, node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return _page(request, node, secret={"what": "user", "name": added.name, "text": password})


@router.post("/users/{user_id}/roles")
def set_roles(
    *,
    request: Request,
    node: Node,
    user: Manager,
    user_id: str,
    roles: Chosen,
) -> Response:
    """Give a user these roles and no others."""
    try:
        accounts.set_roles(node.ledger, _name(node, user_id), roles, node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return done("/people", "roles")


@router.post("/users/{user_id}/body")
def set_user_body(
    *,
    request: Request,
    node: Node,
    user: Manager,
    user_id: str,
    kind: Annotated[str, Form(max_length=20)] = "",
    name: Words = "",
) -> Response:
    """Say for which body a user works; without a kind for none."""
    named = _name(node, user_id)
    try:
        accounts.set_user_body(node.ledger, named, _body(kind, name), node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return done("/people", "body")


@router.post("/users/{user_id}/disable")
def disable(request: Request, node: Node, user: Manager, user_id: str) -> Response:
    """Shut a user out."""
    try:
        accounts.disable_user(node.ledger, _name(node, user_id), node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return done("/people", "disabled")


@router.post("/users/{user_id}/enable")
def enable(node: Node, user: Manager, user_id: str) -> Response:
    """Let a user in again."""
    accounts.enable_user(node.ledger, _name(node, user_id), node.now(), user.name)
    return done("/people", "enabled")


@router.post("/users/{user_id}/unlock")
def unlock(node: Node, user: Manager, user_id: str) -> Response:
    """End the lock that failed sign-ins have put on a name."""
    accounts.unlock(node.ledger, _name(node, user_id), node.now(), user.name)
    return done("/people", "unlocked")


@router.post("/keys")
def add_key(
    *,
    request: Request,
    node: Node,
    user: Manager,
    label: Words,
    days: Annotated[int, Form(ge=0, le=3650)],
    scopes: Chosen,
) -> Response:
    """Make a key; the page that answers shows its token, once."""
    now = node.now()
    expires = now + days * DAY if days else None
    try:
        key_, token = accounts.add_key(node.ledger, label, scopes, now, user.name, expires)
    except AccountError as error:
        return _refused(request, node, error)
    return _page(request, node, secret={"what": "key", "name": key_.label, "text": token})


@router.post("/keys/{key}/rotate")
def rotate(
    *,
    request: Request,
    node: Node,
    user: Manager,
    key: str,
    overlap: Annotated[int, Form(ge=0, le=24 * 90)],
) -> Response:
    """Give a key a new secret; the page that answers shows the token, once."""
    try:
        new, token = accounts.rotate_key(node.ledger, key, overlap * HOUR, node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return _page(request, node, secret={"what": "key", "name": new.label, "text": token})


@router.post("/keys/{key}/body")
def set_key_body(
    *,
    request: Request,
    node: Node,
    user: Manager,
    key: str,
    kind: Annotated[str, Form(max_length=20)] = "",
    name: Words = "",
) -> Response:
    """Say whose program uses a key; without a kind that of no body."""
    try:
        accounts.set_key_body(node.ledger, key, _body(kind, name), node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return done("/people", "body")


@router.post("/keys/{key}/revoke")
def revoke(request: Request, node: Node, user: Manager, key: str) -> Response:
    """End a key."""
    try:
        accounts.revoke_key(node.ledger, key, node.now(), user.name)
    except AccountError as error:
        return _refused(request, node, error)
    return done("/people", "revoked")


def _body(kind: str, name: str) -> str | None:
    return f"{kind}:{name}" if kind else None


def _name(node: RecordPort, user_id: str) -> str:
    """The name of the user of this id, disabled or not."""
    known = next((user_ for user_ in _users(node) if user_.id == user_id), None)
    if known is None:
        raise missing()
    return known.name


def _users(node: RecordPort) -> list[User]:
    return accounts.list_users(node.engine)


def _refused(request: Request, node: RecordPort, error: AccountError) -> Response:
    status = 404 if error.code in ("no_key", "no_user") else 422
    return _page(request, node, status, refused=error.code)


def _page(request: Request, node: RecordPort, status: int = 200, **context: Any) -> Response:
    users = _users(node)
    locks = accounts.locks(node.ledger, [user.name for user in users], node.now())
    lists: dict[str, Any] = {"bodies": BODIES}
    lists |= {"all_roles": ROLES, "all_scopes": SCOPES, "days": DAYS, "overlaps": OVERLAPS}
    rows = {"users": users, "locks": locks, "keys": accounts.list_keys(node.engine)[::-1]}
    plain: dict[str, Any] = {"secret": None, "refused": "", "among": DONE}
    answer = show(request, "people.html", **(plain | lists | rows | context))
    answer.status_code = status
    return answer
