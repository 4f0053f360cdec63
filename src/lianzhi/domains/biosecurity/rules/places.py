"""Countries of origin: from codes or names as people write them, to ISO 3166 alpha-2, and back."""

from functools import cache

from babel import Locale


@cache
def _territories(language: str) -> dict[str, str]:
    territories = Locale(language).territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}


@cache
def _codes() -> dict[str, str]:
    codes = {code.casefold(): code for code in _territories("en")}
    for language in ("zh", "en"):
        codes |= {name.casefold(): code for code, name in _territories(language).items()}
    return codes


def origin_code(text: str) -> str:
    """ISO code of a country by code or by name in Chinese or English; empty: it is none."""
    return _codes().get(text.strip().casefold(), "")


def origin_name(code: str, language: str) -> str:
    """What a country is called; the code itself where it is unknown."""
    return _territories(language).get(code, code)
