"""Domain: one kind of harm, as one value. The house mounts it and asks nothing else about it.

Every part but the name is optional: a domain that only detects has a monitor and kinds of case,
one that only works on files has a desk and pages. docs/domains.md shows one that has most parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:  # values of domains are made whenever a command starts: they have to be cheap
    from lianzhi.chain.event import Event
    from lianzhi.chain.help_lines import HelpLines
    from lianzhi.chain.policy import Dated
    from lianzhi.chain.report_classes import ReportClasses
    from lianzhi.chain.roles import Permission
    from lianzhi.chain.rules import Rules
    from lianzhi.chain.views import CaseView
    from lianzhi.domains.monitor import Monitor, Site
    from lianzhi.office.acts import ActTable
    from lianzhi.office.office import Office
    from lianzhi.office.ports import Ledger, Sampler

Echo = Callable[[str], None]
"""Takes a line for the terminal."""


def lazily(target: str) -> Callable[..., Any]:
    """A function that is imported, from `package.module:attribute`, when it is first called; what
    is no function there, such as a list, is what a call gives."""

    def call(*args: Any, **named: Any) -> Any:
        target_ = resolve_name(target)
        return target_(*args, **named) if callable(target_) else target_

    return call


class Means(NamedTuple):
    """What a running deployment gives the desk of a domain."""

    ledger: Ledger
    """The record: `batch()`, whose batches have `connection`, `tokens` and `append`; `engine` to
    read by; `vault` for names and texts."""
    home: Path
    """Folder of the deployment: for files and, under the domain's name, the operator's lists."""
    now: Callable[[], int]
    """Its clock, Unix milliseconds UTC."""
    office: Office
    """What people do whatever the domain, and the queries for it."""
    sample: Sampler
    """Stored events of some accounts, and of all others a share; refuses beside a node."""
    policy: Path | None = None
    """The operator's own policy folder of the domain, where there is one."""
    opened: bool = True
    """Whether the domain is opened; else its desk only forgets in time, see `Domain.always`."""


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


class CaseStory(msgspec.Struct, frozen=True, kw_only=True):
    """How the console's case page tells a case of a domain. Templates get `context` as well."""

    sentence: str = ""
    """Template of the sentence of what happened; empty: how many are involved, and since when."""
    panel: str = ""
    """Template in place of the timeline of messages; empty: the timeline."""
    before: str = ""
    """Template of a section above everything else."""
    after: str = ""
    """Template of a section below the reasons."""
    reasons_lead: str = "why.lead"
    """Message id of what the points of the score are."""
    explains_texts: bool = True
    """Whether a quote leads to how its text was read for harm."""
    tells_warning: bool = True
    """Whether the sentence ends with how early the warning came."""
    context: Mapping[str, Any] = {}


class Reporting(NamedTuple):
    """What users may report, and on which rules of the platform decisions may rest."""

    kind: str
    """Kind of the finding that a person concludes from reports."""
    rules: Rules
    classes: Dated[ReportClasses]
    help_lines: Dated[HelpLines]


class Command(msgspec.Struct, frozen=True):
    """The domain's group of commands, `lianzhi <name> ...`; loaded when it is called."""

    target: str
    """`package.module:attribute` of a click group."""
    summary: str
    """What the list of commands says of it: one line."""


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What the domain shows in `lianzhi demo`."""

    prepare: Callable[[Path], None] = lambda home: None
    """Lays what it needs under the demo's home, before the node is opened."""
    events: Callable[[int], Sequence[Event]] = lambda now: ()
    """What happened before `now` (ms), in order of time."""
    fill: Callable[[Any, str, Echo], None] = lambda desk, by, echo: None
    """Fills its desk with an invented world."""
    scenario: Callable[[], Any] | None = None
    """The scenario that the demo's platform plays live; the first domain that has one gives it."""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of harm."""

    name: str
    package: str = ""
    """Where its folders lie: `templates`, `words`, `static`, and its law under `policy/`: `bases`,
    `periods`, `gates`, `surcharge`, `vocabulary`. Empty: it has none."""
    default: bool = False
    """Whether it is opened where `config.toml` names no domains."""

    # What it reads and finds
    event_kinds: tuple[str, ...] = ()
    """Kinds of event that it adds to the chain's, see `chain.event`."""
    monitor: Callable[[Site], Monitor] | None = None
    """Makes its detectors and what pages see of them."""
    settings: type[msgspec.Struct] | None = None
    """Form of its table in `config.toml`; None: it has none."""

    # Policy
    case_terms: Callable[[Path | None], Dated[Any]] | None = None
    """Its dated policy, whose versions have `types` and `proposals` (`chain.policy.CaseTerms`):
    the shipped one, or the one in the operator's folder."""
    policy_folders: tuple[str, ...] = ()
    """Folders that it reads in the operator's folder, beside the dated files there."""
    object_kinds: tuple[str, ...] = ()
    """Its kinds, without its name, whose cases are about an object and not a person: a film, a
    link, a text, named by what it is, as in `on:film-7`."""
    reporting: Callable[[Path | None], Reporting] | None = None
    """Loads rules, report classes and help lines: the shipped ones, or those in the operator's
    folder of the domain. The first domain that has them gives them to the house."""
    roles: Mapping[str, frozenset[Permission]] = {}
    """Roles of its staff, each with what it allows; permissions of its own come into being here."""

    # Record
    projections: Callable[[], Sequence[Any]] = lambda: ()
    """Its tables as folds over the record: values with `tables`, `apply` and `clear`."""
    migrations: str = ""
    """Folder of the revisions of its tables, as `package:folder`."""

    # What people do
    open: Callable[[Means], Any] | None = None
    """Opens its desk: what people do here, each act an entry of the record."""
    acts: Callable[[], Sequence[ActTable]] = tuple
    """What people can do to its nouns: a table for each."""
    tick: Callable[[Any], object] = lambda desk: None
    """What its desk does as time passes, about once a minute. What it tells, it tells once."""
    poll: Callable[[Any], object] = lambda desk: None
    """What its desk does about once a second, and may take seconds each time."""
    always: bool = False
    """Whether its desk is opened where the domain is not, too, with its hooks and addresses: what
    it once kept has to be forgotten in time all the same. `Means.opened` tells it."""
    refusals: Callable[[], tuple[type[Exception], ...]] = tuple
    """Exceptions that its acts raise when they are refused."""
    refused: Callable[[Exception, str], dict[str, Any] | None] = lambda error, language: None
    """What to tell of an exception of its own, in a language: status, detail, mend and rule; None:
    it is none of its own."""
    retained: Callable[[Any, str], str] = lambda desk, account: ""
    """Why the law keeps what its desk has of an account, in words; empty: it may be erased."""
    erase: Callable[[Any, str], object] = lambda desk, account: None
    """Erases what its desk keeps of an account beside the record and the vault. Called before the
    vault forgets who that is, and again where it was cut off."""

    erased: Callable[[Any, str], Sequence[str]] = lambda desk, account: ()
    """Called once the events of an account are erased; returns what may name it in texts about
    others, to be erased too."""

    # Surfaces
    routers: Callable[[], Sequence[Any]] = lambda: ()
    """Its pages and addresses, FastAPI routers. They find what the application offers in
    `request.app.state`: `desks` by domain, `allow`, `look`, `render`, `show_public`, `form_token`
    and `sends`."""
    pages: tuple[Page, ...] = ()
    case: str = ""
    """Address of the page of one of its cases, `{case}` for the id; empty: the console's own."""
    case_story: Callable[[CaseView, Any], CaseStory] = lambda view, desk: CaseStory()
    """How the console's own page tells one of its cases; `desk` is None where it has none."""
    style: str = ""
    """Its style sheet under `static`, loaded after the console's own."""
    open_forms: tuple[str, ...] = ()
    """Ends of the addresses, under `/<name>/`, to which anybody may send a form without signing in;
    it carries the token of its address, by `form_token`."""
    uploads: tuple[str, ...] = ()
    """Ends of the addresses, under `/<name>/`, that take files."""
    command: Command | None = None
    demo: Demo = Demo()
