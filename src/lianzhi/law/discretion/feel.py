"""Constructs of full FEEL that are no unary tests, for error messages."""

import re

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_MENDS = (
    (re.compile(r"[A-Za-z_][\w ]*?(?=\()"), "write the values themselves"),
    (re.compile(r"\?"), "write the test alone, without ?, like >= 3"),
    (
        re.compile(r"\b(?:and|or|between|in|instance of)\b"),
        "write a range like [1..5], or several tests with commas between them",
    ),
    (
        re.compile(r"\b(?:if|then|else|for|some|every|return|satisfies|function)\b"),
        "write one row a case",
    ),
    (re.compile(r"\bnull\b"), "a fact that is missing is asked for; write - or name the values"),
    (re.compile(r"!="), "write not(…)"),
    (re.compile(r"(?<![<>!])="), "write the value alone"),
    (re.compile(r"\*\*|[+*/{}]|\d\s*-"), "write the result of the sum"),
)
_KNOWN = re.compile(r"\bdate\s+and\s+time\s*\(|\bdate\s*\(|\bnot\s*\(")


def construct(text: str) -> tuple[str, str] | None:
    """The construct of full FEEL in a text, and its remedy; None where there is none."""
    bare = _KNOWN.sub(" (", _STRING.sub('""', text))
    for pattern, mend in _MENDS:
        if match := pattern.search(bare):
            keyword = match[0].strip()
            return (f"{keyword}(…)" if bare[match.end() :].startswith("(") else keyword), mend
    return None
