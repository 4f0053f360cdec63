"""Memory of dissolved groups, by which they are recognised under new names.

Stored of a group are keyed hashes of what its members shared, histograms of when they acted, and
counts; no name, object or phrase. New accounts are compared with a group as a whole, as in record
linkage (Fellegi and Sunter, J. Am. Stat. Assoc. 64, 1969): agreements count by how much commoner
they are in returns than among ordinary groups.

A link is evidence for a person to weigh, and no ground for a measure.
"""
