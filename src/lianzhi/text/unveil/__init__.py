"""Stage 3, unveiling: what a text means where it was written so that no filter should see it.

A noisy channel (Kernighan, Church and Gale, 1990): of the words that a stretch may have been
written for, by sound, shape, letters, pictures or parts, that one is restored which a language
model, less the cost of writing it so, thinks likelier than what is written. The text itself is
never changed; what was restored, where and at what cost is evidence.
"""

from lianzhi.text.unveil.channel import WAYS
from lianzhi.text.unveil.restoration import Restored, restore
from lianzhi.text.unveil.rewriting import Rewritten, rewrite
from lianzhi.text.unveil.unveiler import load

__all__ = ["WAYS", "Restored", "Rewritten", "load", "restore", "rewrite"]
