"""Refusal of an act, with the remedy."""


class Refusal(ValueError):  # noqa: N818 - the term for what an office answers
    """Raised by an act that is refused; nothing has been put on the record.

    `rule` is the key by which catalogues of words know it, and `params` fill its places. `field`
    and `value` say what in the request is wrong, `mend` how to put it right, and `status` is the
    HTTP status of the answer. The message is for the log and for programs.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        *,
        field: str = "",
        value: object = None,
        mend: str = "",
        status: int = 409,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.rule, self.field, self.value = rule, field, value
        self.mend, self.status, self.params = mend, status, params


class DomainRefusal(Refusal):
    """A refusal that a domain words: whatever is given fills the places of its message, `field`,
    `value` and `mend` as well."""

    def __init__(self, rule: str, message: str, **params: object) -> None:
        super().__init__(rule, message)
        self.params = params
