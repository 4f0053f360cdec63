"""Catalogues of words: gettext files of a package, in Chinese and English, read as they are."""

import io
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


@cache
def read_catalogue(package: str, language: str) -> Translations:
    """The catalogue `words/LANGUAGE.po` of a package; a missing key is shown as itself."""
    source = files(package).joinpath("words", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return Translations(compiled)
