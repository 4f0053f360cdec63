"""The roster of a deployment: the file that `roster` in the domain's settings names."""

from lianzhi.domains.bullying.detection.roster import Roster, read
from lianzhi.domains.bullying.domain import Settings
from lianzhi.domains.monitor import Site
from lianzhi.domains.settings import SettingsError, convert


def open_roster(site: Site) -> Roster:
    """Empty where none is named. Raises SettingsError."""
    settings = convert(site.settings, Settings, "bullying")
    if not settings.roster:
        return {}
    path = site.home / settings.roster
    try:
        return read(path)
    except OSError as error:
        mend = "put it there, or mend `roster` in config.toml"
        raise SettingsError(f"roster {path}: {error.strerror or error}; {mend}") from None
    except ValueError as error:
        raise SettingsError(f"roster {path}: {error}") from None
