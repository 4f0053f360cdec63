"""Refusals of changes to accounts."""

from typing import Literal, get_args

Code = Literal[
    "name",
    "name_taken",
    "name_alike",
    "name_blank",
    "name_scripts",
    "password_length",
    "password_name",
    "password_common",
    "password_wrong",
    "roles",
    "own_roles",
    "own_body",
    "body",
    "last_admin",
    "no_user",
    "link",
    "label",
    "scopes",
    "expires",
    "no_key",
]
CODES: tuple[Code, ...] = get_args(Code)


class AccountError(ValueError):
    """An invalid change of a user or key; the message names field, value and remedy.

    `code` is the key of its text in the console's catalogues.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
