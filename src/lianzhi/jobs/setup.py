"""Setup: configuration, domains and policy, read before a node opens anything."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lianzhi.config import Config, ConfigError
from lianzhi.domains import registry
from lianzhi.domains.configuration import check_tables
from lianzhi.domains.domain import Domain
from lianzhi.domains.policies import Policies


class Setup(NamedTuple):
    """How a node is set up. Nothing here changes while it runs."""

    home: Path
    config: Config
    domains: tuple[Domain, ...]
    """Those that are opened."""
    policies: Policies
    now: Callable[[], int]
    """The node's clock, Unix milliseconds UTC."""

    def settings(self, domain: Domain) -> Mapping[str, Any]:
        """The table of `config.toml` that bears the domain's name."""
        return self.config.settings.get(domain.name, {})


def read_setup(home: Path, config: Config, now: Callable[[], int]) -> Setup:
    """Raises ConfigError and PolicyError, naming field, value and mend."""
    try:
        domains = registry.opened(config.domains)
    except ValueError as error:
        raise ConfigError(f"config.toml: {error}") from None
    check_tables(config, home / "config.toml")
    policies = Policies(home / config.policy if config.policy else None)
    return Setup(home, config, domains, policies, now)
