"""Stage 5, models: how a whole text sounds, and one probability of offence.

In: a batch with its `Matches`. Out: the strength of each kind of harm, and the calibrated
probability that a text is offensive. Linear models over hashed n-grams and soft patterns read every
text; an encoder is asked only where its caller wants that.
"""
