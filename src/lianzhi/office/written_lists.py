"""Lists that people write into one field."""

import re

_SEPARATORS = re.compile(r"[\s,，、;；]+")


def split_list(text: str) -> tuple[str, ...]:
    """The entries of a list with blanks, commas or semicolons between them, each once."""
    return tuple(dict.fromkeys(filter(None, _SEPARATORS.split(text))))
