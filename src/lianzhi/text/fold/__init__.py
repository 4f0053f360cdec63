"""Stage 1, folding: all spellings of a text normalised to one form.

In: texts as they were written. Out: a `Batch` of folded code points, and for a single text the
way back to the original's places.
"""
