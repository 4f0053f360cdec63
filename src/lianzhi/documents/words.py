"""Words of documents, from gettext catalogues in Chinese and English, keyed as in the console.

They have a catalogue of their own: a pack's summary is made anew to be verified, so that its words
change only together with it.
"""

from babel.support import Translations

from lianzhi.catalogue import read_catalogue


def words(language: str) -> Translations:
    """The catalogue of a language; a missing key is shown as itself."""
    return read_catalogue(__package__, language)


class Says:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self.language, self.catalogue = language, words(language)

    def __call__(self, key: str, **named: object) -> str:
        """The catalogue's text."""
        text = str(self.catalogue.gettext(key))
        return text % named if named else text

    def known(self, key: str) -> bool:
        """Whether the catalogue has a text for this key."""
        return bool(self.catalogue.gettext(key) != key)

    def count(self, one: str, many: str, n: int) -> str:
        """The catalogue's text for so many."""
        return str(self.catalogue.ngettext(one, many, n)) % {"n": n}

    def word(self, family: str, key: str) -> str:
        """The word for a value that data names; one that no catalogue knows reads as itself."""
        full = f"{family}.{key}"
        text = str(self.catalogue.gettext(full))
        return key.replace("_", " ") if text == full else text

    def joined(self, family: str, keys: tuple[str, ...]) -> str:
        """The words for several values."""
        return self("list.and").join(self.word(family, key) for key in keys)
