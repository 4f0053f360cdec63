"""Papers 文书: the documents of a penalty case from templates that a lawyer edits.

`compose` makes a paper of a kind from fields; `lianzhi.documents` makes Word and PDF of it.
"""
