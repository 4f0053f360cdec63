"""Stage 6, evidence: where in the original each finding is, and how it was written there.

In: a `Reading`. Out: spans of harm, restorations and shadow hits, in places of the original text;
and for people who look at a text, its tokens as written beside what they were taken to mean.
"""
