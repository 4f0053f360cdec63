"""What a domain offers, in one value: the surfaces mount it, and ask nothing else about it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lianzhi.chain.roles import Permission
from lianzhi.office.ports import Ledger


class Means(NamedTuple):
    """What a running deployment gives a domain."""

    ledger: Ledger
    """The record: `batch()`, whose batches have `connection`, `tokens` and `append`; `engine` to
    read by; `vault` for names and texts."""
    home: Path
    """Folder of the deployment: for files and, under the domain's name, the operator's lists."""
    now: Callable[[], int]
    """Its clock, Unix milliseconds UTC."""


class Page(msgspec.Struct, frozen=True):
    """A page in the console's rail."""

    key: str
    """Names the words `nav.<key>`."""
    path: str
    shortcut: str
    """Key after `g`."""
    icon: str
    """Shapes of an SVG of 20 by 20, drawn as lines."""
    needs: tuple[Permission, ...] = ("read",)
    """Who holds none of these does not see the page there."""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of harm, as far as the surfaces are concerned."""

    name: str
    package: str
    """Where its folders `templates`, `words` and `static` lie."""
    projections: Callable[[], Sequence[Any]]
    """Its tables as folds over the record: values with `tables`, `apply` and `clear`."""
    migrations: str
    """Folder of its revisions, as `package:folder`."""
    open: Callable[[Means], Any]
    """Opens its desk: what people do here, each act an entry of the record."""
    routers: Callable[[], Sequence[Any]]
    """Its pages and addresses, FastAPI routers. They find what the application offers in
    `request.app.state`: `desks` by domain, `allow`, `look`, `render`, `show_public`, `form_token`
    and `sends`."""
    refused: Callable[[Exception, str], dict[str, Any] | None]
    """What to tell of an exception of its own, in a language: status, detail, mend and rule; None:
    it is none of its own."""
    refusals: tuple[type[Exception], ...] = ()
    """Exceptions that its acts raise when they are refused."""
    tick: Callable[[Any], object] = lambda desk: None
    """What its desk does as time passes, about once a minute. What it tells, it tells once."""
    retained: Callable[[Any, str], str] = lambda desk, account: ""
    """Why the law keeps what its desk has of an account, in words; empty: it may be erased."""
    erase: Callable[[Any, str], object] = lambda desk, account: None
    """Erases what its desk keeps of an account beside the record and the vault. Called before the
    vault forgets who that is, and again where it was cut off."""
    prepare_demo: Callable[[Path], None] = lambda home: None
    """Lays what its demo needs under the demo's home, before the node is opened."""
    fill_demo: Callable[[Any, str, Callable[[str], None]], None] = lambda desk, by, say: None
    """Fills its desk with an invented world; `say` takes a line for the terminal."""
    pages: tuple[Page, ...] = ()
    case: str = ""
    """Address of the page of one of its cases, `{case}` for the id; empty: the console's own."""
    style: str = ""
    """Its style sheet under `static`, loaded after the console's own."""
    open_forms: tuple[str, ...] = ()
    """Ends of the addresses, under `/<name>/`, to which anybody may send a form without signing in;
    it carries the token of its address, by `form_token`."""
    uploads: tuple[str, ...] = ()
    """Ends of the addresses, under `/<name>/`, that take files."""
