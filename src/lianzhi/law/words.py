"""Words that a person reads, in Chinese and English: as data beside what they name."""

import msgspec

LANGUAGES = ("zh", "en")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in Chinese and English. Raises ValueError for an empty one."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not getattr(self, language).strip():
                raise ValueError(f"{language} is empty; say it in both languages")

    def say(self, language: str) -> str:
        """The words in a language. Raises ValueError for one that we do not speak."""
        if language not in LANGUAGES:
            raise ValueError(f"language is {language!r}; choose one of {', '.join(LANGUAGES)}")
        text: str = getattr(self, language)
        return text
