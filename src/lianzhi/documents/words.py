"""Texts of documents, from gettext catalogues in Chinese and English, keyed as in the console.

They have a catalogue of their own: a pack's summary is rendered again on verification, so that its
texts change only together with the format.
"""

from babel.support import Translations

from lianzhi.catalogue import read_catalogue


def words(language: str) -> Translations:
    """The catalogue of a language; a missing key is returned as it is."""
    return read_catalogue(__package__, language)


class Texts:
    """Texts of documents in one language."""

    def __init__(self, language: str) -> None:
        self.language, self.catalogue = language, words(language)

    def __call__(self, key: str, **named: object) -> str:
        """The catalogue's text with its placeholders filled in."""
        text = str(self.catalogue.gettext(key))
        return text % named if named else text

    def known(self, key: str) -> bool:
        """Whether the catalogue has a text for this key."""
        return bool(self.catalogue.gettext(key) != key)

    def count(self, singular: str, many: str, n: int) -> str:
        """The catalogue's text for a number."""
        return str(self.catalogue.ngettext(singular, many, n)) % {"n": n}

    def word(self, family: str, key: str) -> str:
        """The word for a value in the data; an unknown value is returned as it is."""
        full = f"{family}.{key}"
        text = str(self.catalogue.gettext(full))
        return key.replace("_", " ") if text == full else text

    def joined(self, family: str, keys: tuple[str, ...]) -> str:
        """The words for several values."""
        return self("list.and").join(self.word(family, key) for key in keys)
