"""What people have typed into a field of several lines."""

from pydantic import BeforeValidator


def typed(text: str) -> str:
    """The text as it was meant: browsers count a line break as one character and send two."""
    return text.replace("\r\n", "\n").strip()


#: For `Annotated[str, Typed, Form(max_length=...)]`: the length that counts is the one they saw.
Typed = BeforeValidator(typed)
