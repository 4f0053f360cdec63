"""Mention: words of abuse that a text asks about (婊子是什么意思) and so does not use."""

import numpy as np

from lianzhi.text.arrays.batch import Batch, Index
from lianzhi.text.arrays.intervals import Mask
from lianzhi.text.grammar.context import Context, begins_sentence, ends_clause
from lianzhi.text.lexicon.entries import LOOKED_UP, PERSON

#: The most characters between a word and the question about it ...
_FAR = 6
#: ... and which they may be: 这个词, 用英语, the end of a quotation.
_BETWEEN = np.array(
    [ord(char) for char in '这那个一是的词字成语用在英日韩法德粤文 ”」』"'], np.uint32
)


def asked_about(batch: Batch, start: Index, end: Index, role: Index, context: Context) -> Mask:
    """Return which hits are only asked about; the question is a hit of the role `looked_up`.

    The word begins its sentence, the question ends the clause, and no person is in it:
    这婊子什么意思 and 婊子什么意思都不懂 ask nothing.
    """
    asking = (role == LOOKED_UP).nonzero()[0]
    asking = asking[ends_clause(batch.codes, end[asking])]
    if not asking.size:
        return np.zeros(role.size, bool)
    asking = asking[np.argsort(start[asking])]
    next_ = asking[np.minimum(start[asking].searchsorted(end), asking.size - 1)]
    far = start[next_] - end
    beside: Mask = (far >= 0) & (far <= _FAR) & (context.clause[next_] == context.clause)
    inside = beside.nonzero()[0]
    place = end[inside, None] + np.arange(_FAR)
    between = np.isin(batch.codes[np.minimum(place, batch.codes.size - 1)], _BETWEEN)
    beside[inside] = (between | (place >= start[next_[inside], None])).all(axis=1)
    of_nobody = ~context.clause_holds((role == PERSON) & ~context.quoted)
    return beside & of_nobody & begins_sentence(batch.codes, start)
