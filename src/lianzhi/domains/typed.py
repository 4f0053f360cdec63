"""What people have typed into a field of several lines."""

from pydantic import BeforeValidator


def typed(text: str) -> str:
    """The text as it was meant: browsers count a line break as one character and send two."""
    return text.replace("\r\n", "\n").strip()


def _read(value: object) -> object:
    """What is no text, such as a file in a field's place, is for the field to refuse."""
    return typed(value) if isinstance(value, str) else value


#: For `Annotated[str, Typed, Form(max_length=...)]`: the length that counts is the one they saw.
Typed = BeforeValidator(_read)
