"""Stage 4, grammar: what a hit counts in its context, and harm that shows in how a text is put.

In: a batch with the hits of the lexicon. Out: `Matches`, the weight of each hit and the strength of
each kind of harm. Context is clauses, quotations, reported speech, questions about a word, and
insults that speakers apply to themselves; frames are wordings that speak for harm, guards wordings
that take weight away.
"""
