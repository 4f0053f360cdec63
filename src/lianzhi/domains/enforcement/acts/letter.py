"""Acts on a letter. See `office.acts`."""

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.letters import POWERS, Letters, Powers
from lianzhi.domains.enforcement.nouns.letter import STEPS
from lianzhi.office.acts import Act, ActTable, Field, method_of, words


def _answer(
    desk: Desk, identity: str, by: str, *, result: str, words: str, powers: Powers = ()
) -> None:
    desk.letters.answer(identity, result == "accepted", words, by, powers)


_WRITERS = ("enforce", "lead", "legal", "supervise")

_ACTS = (
    Act(
        "receive",
        _WRITERS,
        ("received",),
        method_of("letters", Letters.receive),
        (Field("receipt", "text", "letters.receipt"),),
        powers=POWERS,
    ),
    Act(
        "answer",
        _WRITERS,
        ("answered", "refused"),
        _answer,
        (
            Field(
                "result",
                "choice",
                "letters.answer",
                choices=("accepted", "refused"),
                family="letter_answer",
            ),
            words("letters.answer_words"),
        ),
        powers=POWERS,
    ),
    Act("remind", _WRITERS, ("reminded",), method_of("letters", Letters.remind)),
)
LETTER = ActTable("letter", "/letters", STEPS, _ACTS, frozenset({"sent", "overdue"}))
