"""Words of the domain, in Chinese and English."""

from babel.support import Translations

from lianzhi.catalogue import read_catalogues


def words(language: str) -> Translations:
    """The domain's catalogue of a language, with what the kit says of forms and files; a missing
    key is shown as itself."""
    return read_catalogues(("lianzhi.kit", "lianzhi.domains.oversight"), language)
