"""Pages of the office's files: a list with the most urgent on top, and each file with its acts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.counsel.desk.desk import Desk as CounselDesk
from lianzhi.domains.counsel.desk.office_files import Files
from lianzhi.domains.counsel.nouns.office_file import OfficeFile
from lianzhi.domains.counsel.web.page import Desk, Staff, show
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Look, QueryText, or_missing
from lianzhi.office.acts import ActTable


class Fact(NamedTuple):
    """What a file says of itself."""

    label: str
    """Key of the catalogue."""
    value: Any
    family: str = ""
    """Family of words for the value; empty: it is shown as it is."""
    address: str = ""


class View(NamedTuple):
    """What is special about the pages of one noun."""

    table: ActTable
    statuses: tuple[str, ...]
    files: Callable[[CounselDesk], Files[Any]]
    facts: Callable[[Any], Iterable[Fact]]
    """The first is the title of a row, the second stands below it."""
    look: str
    """What the access log says is looked at."""
    more: Callable[[CounselDesk, Any], Mapping[str, Any]] = lambda desk, file: {}
    """What else the templates get; the file is None on the list."""


#: What `more` may give.
_BLANK = {"kept": None, "promise": None, "commitments": (), "tabs": False, "papers": None}


def router_of(view: View) -> APIRouter:
    """Routes of the list and of each file."""
    router = APIRouter(prefix=view.table.path)
    noun, path = view.table.noun, f"/counsel{view.table.path}"

    @router.get("")
    def listed(
        *,
        request: Request,
        desk: Desk,
        user: Staff,
        look: Look,
        status: QueryText = "",
        cursor: Cursor = "",
    ) -> Response:
        files = view.files(desk)
        status = status if status in view.statuses else ""
        with or_missing():
            page = files.page(status, cursor)
        look(view.look, [file.id for file in page.rows])
        context = {
            **_common(desk, page.rows),
            **view.more(desk, None),
            "page": page,
            "status": status,
            "statuses": ("", *view.statuses),
            "counts": files.counts(),
            "opening": view.table.opening,
        }
        return show(request, "_office_files.html" if cursor else "office_files.html", **context)

    @router.get("/{identity}")
    def file_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
        files, today = view.files(desk), desk.office.today()
        with or_missing():
            file = files.get(identity)
        look(view.look, [identity])
        context = {
            **_common(desk, [file]),
            **view.more(desk, file),
            "file": file,
            "steps": files.story(identity),
            "offers": offers(
                view.table.possible(file.status),
                file,
                user,
                today,
                lambda step: files.refusals(file, step, today, user.name, None),
            ),
        }
        return show(request, "office_file.html", **context)

    def _common(desk: CounselDesk, files: Iterable[OfficeFile]) -> dict[str, Any]:
        tokens = {file.person for file in files if file.person}
        return {
            **_BLANK,
            "noun": noun,
            "path": path,
            "facts": view.facts,
            "people": desk.office.ledger.vault.accounts(tokens),
            "today": desk.office.today(),
            "law": desk.rules.law,
            "keys": view.table.keys,
        }

    return router
