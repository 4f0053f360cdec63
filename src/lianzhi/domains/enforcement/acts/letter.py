"""Acts on a letter. See `office.acts`."""

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.letters import OFFICE, POWERS, Letters, Powers
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.nouns.letter import KINDS, STEPS, SUPERVISION
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of, words


def _send(
    desk: Desk,
    by: str,
    *,
    kind: str,
    sender: str,
    recipient: str,
    ref: str,
    facts: str,
    basis: str,
    words: str,
    powers: Powers = (),
) -> str:
    """Sends a letter; supervision letters go out in the name of the supervising office."""
    if kind in SUPERVISION:
        if "supervise" not in powers:
            raise PermissionError(f"{kind} is sent by who may supervise")
        sender = OFFICE
    chosen, bodies = next((known for known in KINDS if known == kind), None), desk.letters.bodies()
    if chosen is None:
        raise KeyError(kind)
    for name in (sender, recipient):
        if name not in bodies:
            raise KeyError(name)
    if not desk.letters.voice(by, powers)(sender):
        message = f"sender is {sender!r}: {by} is not of it; choose your own body"
        raise RefusedError("not_sender", message)
    return desk.letters.send(chosen, sender, recipient, ref, words, by, facts=facts, basis=basis)


def _answer(
    desk: Desk, identity: str, by: str, *, result: str, words: str, powers: Powers = ()
) -> None:
    desk.letters.answer(identity, result == "accepted", words, by, powers)


_WRITERS = ("enforce", "lead", "legal", "supervise")

_OPENING = Opening(
    *("send", _WRITERS, "sent", _send),
    (
        Field("kind", "choice", "letters.kind"),
        Field("sender", "choice", "letters.from", required=False),
        Field("recipient", "choice", "letters.to"),
        Field("ref", "text", "letters.about", required=False),
        Field("facts", "words", "letters.facts", required=False),
        Field("basis", "words", "letters.basis", required=False),
        words("letters.words"),
    ),
    POWERS,
)
_RECEIPT = Field("receipt", "text", "letters.receipt")
_RESULT = Field(
    *("result", "choice", "letters.answer", True, ("accepted", "refused")), family="letter_answer"
)
_ACTS = (
    Act(
        *("receive", _WRITERS, ("received",), method_of("letters", Letters.receive), (_RECEIPT,)),
        powers=POWERS,
    ),
    Act(
        *("answer", _WRITERS, ("answered", "refused"), _answer),
        (_RESULT, words("letters.answer_words")),
        powers=POWERS,
    ),
    Act("remind", _WRITERS, ("reminded",), method_of("letters", Letters.remind)),
)
LETTER = ActTable("letter", "/letters", STEPS, _ACTS, frozenset({"overdue"}), _OPENING)
