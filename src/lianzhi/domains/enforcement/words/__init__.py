"""Words of the domain, in Chinese and English."""

from babel.support import Translations

from lianzhi.catalogue import read_catalogue


def words(language: str) -> Translations:
    """The domain's catalogue of a language; a missing key is shown as itself."""
    return read_catalogue("lianzhi.domains.enforcement", language)
