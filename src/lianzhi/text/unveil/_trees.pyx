"""Sums over trees: the compiled twin of `Trees.odds` in `unveil/trees.py`."""

import numpy as np

from libc.stdint cimport int16_t, int64_t, uint8_t
from libc.string cimport memset

cdef enum:
    #: Trees that are descended at once.
    ABREAST = 10


def trees(
    const float[:, ::1] features,
    const uint8_t[:, ::1] sign,
    const float[:, ::1] bound,
    const int16_t[:, ::1] leaves,
):
    """Sum the leaves of all trees for each row of features.

    Several trees are descended at once: each step waits for the one before it in the same tree.
    """
    cdef Py_ssize_t row, tree, each, level, levels, nodes = sign.shape[1], width = features.shape[1]
    cdef Py_ssize_t count = sign.shape[0]
    cdef int64_t sum
    cdef Py_ssize_t[ABREAST] node
    cdef const float* told
    cdef const float* bounds
    cdef const uint8_t* asked
    if (bound.shape[0], bound.shape[1]) != (count, nodes) or nodes & (nodes + 1) or (
        leaves.shape[0], leaves.shape[1]
    ) != (count, nodes + 1):
        raise ValueError("trees are not complete: give a bound for each node, and one leaf more")
    for tree in range(count):
        for each in range(nodes):
            if sign[tree, each] >= width:
                raise IndexError(f"trees test feature {sign[tree, each]} of {width}")
    levels = int(nodes).bit_length()
    total_ = np.zeros(features.shape[0], np.int64)
    cdef int64_t[::1] total = total_
    for row in range(features.shape[0]):
        sum, tree, told = 0, 0, &features[row, 0]
        while tree <= count - ABREAST:
            asked, bounds = &sign[tree, 0], &bound[tree, 0]
            memset(node, 0, sizeof(node))
            for level in range(levels):
                for each in range(ABREAST):
                    node[each] = 2 * node[each] + 1 + (
                        told[asked[each * nodes + node[each]]] > bounds[each * nodes + node[each]]
                    )
            for each in range(ABREAST):
                sum += leaves[tree + each, node[each] - nodes]
            tree += ABREAST
        for tree in range(tree, count):
            node[0], asked, bounds = 0, &sign[tree, 0], &bound[tree, 0]
            for level in range(levels):
                node[0] = 2 * node[0] + 1 + (told[asked[node[0]]] > bounds[node[0]])
            sum += leaves[tree, node[0] - nodes]
        total[row] = sum
    return total_
