"""Asking: words of abuse that are looked up (婊子是什么意思), and so mentioned rather than used."""

import numpy as np

from lianzhi.text.context import Context, Mask, begins_sentence, ends_clause
from lianzhi.text.entries import LOOKED_UP, PERSON
from lianzhi.text.folding import Batch, Index

#: How far behind a word what asks about it may begin ...
_FAR = 6
#: ... and what alone may stand between: 这个词, 用英语, the end of a quotation.
_BETWEEN = np.array(
    [ord(char) for char in '这那个一是的词字成语用在英日韩法德粤文 ”」』"'], np.uint32
)


def looked_up(batch: Batch, start: Index, end: Index, role: Index, context: Context) -> Mask:
    """Tell which hits are but looked up; what asks about them is a hit as well.

    Each begins its sentence, what asks about it ends the clause, and nobody is spoken of:
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
    some = beside.nonzero()[0]
    place = end[some, None] + np.arange(_FAR)
    between = np.isin(batch.codes[np.minimum(place, batch.codes.size - 1)], _BETWEEN)
    beside[some] = (between | (place >= start[next_[some], None])).all(axis=1)
    of_nobody = ~context.clause_holds((role == PERSON) & ~context.quoted)
    return beside & of_nobody & begins_sentence(batch.codes, start)
