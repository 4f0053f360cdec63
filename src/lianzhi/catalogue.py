"""Catalogues of words: gettext files of a package, in Chinese and English, read as they are."""

import io
import logging
from functools import cache
from importlib.resources import files

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

log = logging.getLogger(__name__)


def read_catalogue(package: str, language: str) -> Translations:
    """The catalogue `words/LANGUAGE.po` of a package; a missing key is shown as itself."""
    return read_catalogues((package,), language)


@cache
def read_catalogues(packages: tuple[str, ...], language: str) -> Translations:
    """The catalogues of several packages as one; of a key that two have, the first one counts, and
    what a later one says otherwise is logged."""
    merged = Catalog(locale=language)
    for package in packages:
        source = files(package).joinpath("words", f"{language}.po").read_bytes()
        for message in read_po(io.BytesIO(source), locale=language):
            if (known := merged.get(message.id)) is None:
                merged[message.id] = message
            elif message.id and known.string != message.string:
                log.error(
                    "words of %s: %r is taken and stays as it is; rename it in words/%s.po",
                    package,
                    message.id,
                    language,
                )
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)
