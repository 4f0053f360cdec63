"""Words of the domain, from its own catalogues in Chinese and English."""

import io
from functools import cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

_HERE = files("lianzhi.domains.enforcement")


@cache
def words(language: str) -> Translations:
    """The catalogue of a language; a missing key is shown as itself."""
    source = _HERE.joinpath("words", f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return Translations(compiled)
