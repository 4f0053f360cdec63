"""Stage 2, lexicon: which entries stand in a text.

In: a batch. Out: `Hits`, the entries that nothing covers, with their roles. Entries are under
`terms/`, one file for each kind of harm, and may come from an operator as well; a dictionary of
ordinary words tells entries from the ends of others.
"""
