"""What every stage is built on: batches of texts as arrays, ragged tables, automata, large pages.

Compiled twins share three of their own here: `_batch` (arrays by pointer, batches checked at the
door), `_buffer` (scratch memory) and `_trie` (a double-array trie). They lie here, below all
stages, because Cython shares code between modules by `.pxd` files, and stages must not cimport
from stages that come after them.
"""
