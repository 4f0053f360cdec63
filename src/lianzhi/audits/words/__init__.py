"""Words of audits and their reports, in Chinese and English."""

from babel.support import Translations

from lianzhi.catalogue import read_catalogue


def words(language: str) -> Translations:
    """The catalogue of a language; a missing key is shown as itself."""
    return read_catalogue("lianzhi.audits", language)
