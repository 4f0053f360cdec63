"""Registration: what may be a domain of this installation, and why anything else is refused."""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint

from lianzhi.chain import roles
from lianzhi.config import Config
from lianzhi.domains.domain import Domain

#: Words that begin the kinds of the record's own entries; a domain's entries begin with its name.
NOUNS = frozenset(
    {
        *("appeal", "case", "clock", "decision", "events", "evidence", "finding", "key", "lexicon"),
        *("measure", "notice", "policy", "protection", "record", "report", "review", "revisit"),
        *("rule", "segment", "signal", "strike", "subject", "term", "transfer", "user"),
    }
)


class RegistryError(RuntimeError):
    """A domain cannot be registered; the message names where it comes from, and the mend."""


def register(domains: Iterable[tuple[str, Domain]]) -> Mapping[str, Domain]:
    """Domains by name, in their order, each given with where it comes from; adds their roles.

    Raises RegistryError for a name or role that is taken.
    """
    registered: dict[str, Domain] = {}
    for origin, domain in domains:
        if owner := _owner(domain.name, registered):
            mend = "give it another name, or uninstall its package"
            raise RegistryError(f"{origin}: the name {domain.name!r} is {owner}; {mend}")
        try:
            roles.add(domain.roles)
        except ValueError as error:
            mend = "or uninstall its package"
            raise RegistryError(f"{origin}: domain {domain.name!r}: {error}, {mend}") from None
        registered[domain.name] = domain
    return registered


def load_installed(point: EntryPoint) -> tuple[str, Domain]:
    """The domain of an entry point, with where it comes from. Raises RegistryError."""
    package = "unknown" if point.dist is None else point.dist.name
    origin = f"package {package}, entry point {point.name} = {point.value}"
    try:
        domain = point.load()
    except Exception as error:  # whatever the package's own code raises
        mend = "mend or uninstall the package"
        why = f"{type(error).__name__}: {error}"
        raise RegistryError(f"{origin}: it cannot be imported ({why}); {mend}") from error
    if not isinstance(domain, Domain):
        mend = "the entry point has to name a lianzhi.domains.domain.Domain; uninstall the package"
        raise RegistryError(f"{origin}: it is {type(domain).__name__}; {mend}")
    return origin, domain


def _owner(name: str, registered: Mapping[str, Domain]) -> str:
    """Whose name it is already; empty: it may be used."""
    if name in registered:
        return "another domain's"
    if name in NOUNS:
        return "a noun of the record"
    return "a field of config.toml" if name in Config.__struct_fields__ else ""
