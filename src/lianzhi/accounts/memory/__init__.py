"""Memory: how dissolved groups acted, so that they are known again under new names.

What is kept of a group are keyed hashes of what its members shared, histograms of when they
acted, and counts; no name, object or phrase. New accounts are compared with a group as a whole, as
in the linkage of records (Fellegi and Sunter, J. Am. Stat. Assoc. 64, 1969): what they agree on
counts by how much commoner it would be in a return than among ordinary groups.

A link is evidence for a person to weigh, and no ground for a measure.
"""
