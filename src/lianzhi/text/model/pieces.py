"""Pieces: cut a folded text into the word pieces that the encoder knows.

A unigram model (Kudo, ACL 2018): of all ways to cut a text, that whose pieces' log-probabilities
add up to most. Pieces are a part of those of XLM-RoBERTa: what occurs in Chinese comments.
"""

from dataclasses import dataclass

START, END, UNKNOWN = 0, 2, 3
#: How far below the rarest piece an unknown character scores.
_UNKNOWN_COST = 10.0
#: SentencePiece's sign for a space; one stands before each text.
SPACE = "▁"


@dataclass(frozen=True, slots=True)
class Pieces:
    """Known pieces and their log-probabilities."""

    number: dict[str, int]
    score: list[float]
    longest: int
    """Code points of the longest piece."""
    unknown: float

    @classmethod
    def of(cls, pieces: list[str], score: list[float]) -> "Pieces":
        """Number the pieces in order; the first four are special tokens."""
        number = {piece: i for i, piece in enumerate(pieces) if i > UNKNOWN}
        return cls(number, score, max(map(len, number)), min(score) - _UNKNOWN_COST)

    def cut(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces in order, between those of start and end."""
        text = SPACE + SPACE.join(text.split())
        size = len(text)
        best = [0.0] + [-float("inf")] * size
        origin, number = [0] * (size + 1), [UNKNOWN] * (size + 1)
        for start in range(size):
            so_far = best[start]
            for end in range(start + 1, min(size, start + self.longest) + 1):
                known = self.number.get(text[start:end])
                if known is not None and so_far + self.score[known] > best[end]:
                    best[end] = so_far + self.score[known]
                    origin[end], number[end] = start, known
            if so_far + self.unknown > best[start + 1]:
                best[start + 1] = so_far + self.unknown
                origin[start + 1], number[start + 1] = start, UNKNOWN
        pieces, end = [END], size
        while end:
            pieces.append(number[end])
            end = origin[end]
        return [*pieces, START][::-1]
