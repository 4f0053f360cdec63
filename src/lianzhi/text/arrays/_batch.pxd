"""NumPy's arrays by pointer: a memory view of one costs as much as a short text takes to read."""

cimport numpy as cnp
from libc.stdint cimport int64_t, uint32_t

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define lianzhi_fetch(place) __builtin_prefetch(place)
    #else
    #define lianzhi_fetch(place)
    #endif
    """
    # Ask the memory for a place before it is needed.
    void fetch "lianzhi_fetch"(const void* place) noexcept


cdef struct Texts:
    # The code points of a batch ...
    const uint32_t* codes
    Py_ssize_t size
    # ... and where each text begins; behind the last one its end.
    const int64_t* starts
    Py_ssize_t count


cdef inline void* lying(cnp.ndarray some, int sort, int axes) except NULL:
    """Return the address of the elements of an array. Raises ValueError where its type, number of
    axes or memory order differ from what is asked."""
    if some is None:
        raise TypeError("asked for is an array; this is None")
    if (
        cnp.PyArray_NDIM(some) != axes
        or not cnp.PyArray_EquivTypenums(cnp.PyArray_TYPE(some), sort)
        or not cnp.PyArray_ISCARRAY_RO(some)
    ):
        raise ValueError(
            f"asked for is an array of {cnp.PyArray_DescrFromType(sort)} in {axes} axes that lie in"
            f" order; this is of {some.dtype} in {some.ndim}"
        )
    return cnp.PyArray_DATA(some)


cdef inline cnp.ndarray room(int sort, Py_ssize_t size):
    """Return a new array, not initialised."""
    cdef cnp.npy_intp[1] shape
    shape[0] = size
    return cnp.PyArray_SimpleNew(1, shape, sort)


cdef inline cnp.ndarray table(int sort, Py_ssize_t rows, Py_ssize_t columns):
    """Return a new array of two axes, not initialised."""
    cdef cnp.npy_intp[2] shape
    shape[0], shape[1] = rows, columns
    return cnp.PyArray_SimpleNew(2, shape, sort)


cdef Texts texts_of(cnp.ndarray codes, cnp.ndarray starts) except *
