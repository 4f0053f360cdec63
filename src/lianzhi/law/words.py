"""Texts in Chinese and English, kept as data."""

import msgspec

LANGUAGES = ("zh", "en")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in Chinese and English. Raises ValueError where one is empty."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not getattr(self, language).strip():
                raise ValueError(f"{language} is empty; say it in both languages")

    def say(self, language: str) -> str:
        """The text in a language. Raises ValueError for an unsupported language."""
        if language not in LANGUAGES:
            raise ValueError(f"language is {language!r}; choose one of {', '.join(LANGUAGES)}")
        text: str = getattr(self, language)
        return text
