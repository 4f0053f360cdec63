"""Guesses by sound, order and first letters: the compiled twin of `homophones.py`, of
`single_characters` in `suspicion.py` and of `by_initials` in `lattice_walk.py`.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t

from lianzhi.text.arrays._batch cimport fetch
from lianzhi.text.unveil._guesses cimport Guesses
from lianzhi.text.unveil._language cimport (
    STEPS,
    Language,
    likely_after,
    most_after,
    most_before,
)
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.arrays._trie cimport (
    Hit,
    Places,
    Trie,
    place_of,
    places_from,
    search,
    seek,
    triple,
)
from lianzhi.text.unveil._vocabulary cimport Words
from lianzhi.text.unveil import channel, homophones, lattice_walk, suspicion

cdef int SOUND = channel.SOUND, INITIAL = channel.INITIAL, SWAP = channel.SWAP
cdef uint32_t CODES = channel.CODES
cdef float LONE = suspicion.LONE, GAIN = suspicion.GAIN
cdef double LOOSE = homophones.LOOSE
cdef Py_ssize_t RUN = lattice_walk.RUN
cdef enum:
    A = 97
    Z = 122
    #: Places that are looked at together, before any is followed.
    BLOCK = 64


@cython.boundscheck(False)
cdef Py_ssize_t promising(Plain plain, Words words, Py_ssize_t begin, Py_ssize_t* found) noexcept:
    """Find those of the next places at which a word by sound may begin.

    Without a branch, since nobody can foresee where it would lead: two characters are dear enough
    together for a word of two to be meant, or a longer one begins by three.
    """
    cdef Trie trie = words.by_sound
    cdef const uint32_t* codes = &plain.codes[0]
    cdef const uint16_t* number = &trie.number[0]
    cdef const float* pair = &plain.pair[0]
    cdef const uint8_t* dear = &words.dear[0]
    cdef const uint8_t* longer = &words.longer[0]
    cdef const uint8_t* triples = &trie.triples[0]
    cdef uint32_t known = trie.known, two, key
    cdef int shift = trie.triples_shift
    cdef Py_ssize_t place, count = 0, end = min(begin + BLOCK, plain.size - 1)
    cdef uint32_t one = number[codes[begin]] if codes[begin] < known else 0
    cdef uint32_t next_ = number[codes[begin + 1]] if codes[begin + 1] < known else 0
    for place in range(begin, end):
        two = one * trie.width + next_
        one = next_
        next_ = 0
        if place + 2 < plain.size and codes[place + 2] < known:
            next_ = number[codes[place + 2]]
        key = place_of(triple(two, next_), shift)
        found[count] = place
        count += (
            (<int>(pair[place] * -STEPS) >= dear[two])
            | (longer[two] & (triples[key >> 3] >> (key & 7) & 1))
        )
    return count


def by_sound(Plain plain not None, Words words not None, Guesses found not None):
    """Add guesses at words that stretches sound like, or hold with two neighbours swapped."""
    cdef Py_ssize_t start, begin = 1, i
    cdef int32_t row
    cdef int64_t word, ways
    cdef float cost
    cdef double written
    cdef const uint32_t* codes = &plain.codes[0]
    cdef Hit hit
    cdef Places places = places_from(1)
    cdef Py_ssize_t[BLOCK] some
    while begin < plain.size - 1:
        for i in range(promising(plain, words, begin, some)):
            start = some[i]
            hit = search(start)
            while words.by_sound.go(codes, plain.size, &hit):
                if hit.node > words.by_sound.ending:
                    continue
                written = plain.pairs[hit.end] - plain.pairs[start + 1]
                if words.best[hit.node] - written <= LOOSE:
                    continue
                for row in range(words.by_sound.first[hit.node], words.by_sound.first[hit.node + 1]):
                    if words.cohesion[row] - written <= LOOSE:
                        break
                    word = words.by_sound.values[row]
                    cost = words.priced(plain.codes, start, word, &ways)
                    if ways:
                        found.add(start, hit.end, word, cost, ways)
        begin += BLOCK
    while seek(words.swapped, codes, plain.size, &places, &hit):
        while words.swapped.advance(codes, plain.size, &hit):
            for row in range(hit.row, hit.last):
                word = words.swapped.values[row]
                found.add(hit.start, hit.end, word, words.first[SWAP], 1 << SWAP)


cdef Py_ssize_t lonely(Plain plain, Py_ssize_t begin, Py_ssize_t* found) noexcept:
    """Find those of the next places whose character fits neither neighbour.

    Branchless: the branch would be unpredictable.
    """
    cdef const uint32_t* codes = &plain.codes[0]
    cdef const float* pair = &plain.pair[0]
    cdef Py_ssize_t place, count = 0
    for place in range(begin, min(begin + BLOCK, plain.size - 1)):
        found[count] = place
        count += (pair[place - 1] < LONE) & (pair[place] < LONE) & (codes[place] < CODES)
    return count


cdef inline bint gains(
    Plain plain, Words words, Language language, Py_ssize_t place, uint32_t meant
) except -1:
    """Return whether another character would gain enough; first by an upper bound."""
    cdef uint32_t before = plain.ids[place - 1], after = plain.ids[place + 1]
    cdef float gain, least = words.first[SOUND] + GAIN
    gain = most_before(language, before, meant) - plain.pair[place - 1]
    gain = gain + most_after(language, meant, after)
    if gain - plain.pair[place] <= least:
        return False
    gain = likely_after(language, before, meant) - plain.pair[place - 1]
    gain = gain + likely_after(language, meant, after)
    return gain - plain.pair[place] > least


def alone(
    Plain plain not None,
    Words words not None,
    Language language not None,
    Guesses found not None,
):
    """Add guesses at words of one character that sound like what is written and fit better."""
    cdef Py_ssize_t place, row, begin = 1, i, count
    cdef int reading
    cdef int64_t near, word, ways
    cdef uint32_t meant
    cdef float cost
    cdef Py_ssize_t[BLOCK] some
    while begin < plain.size - 1:
        count = lonely(plain, begin, some)
        begin += BLOCK
        for i in range(count):
            fetch(&words.read[plain.codes[some[i]], 0])
        for i in range(2 * count):
            place, reading = some[i >> 1], i & 1
            near = words.near[words.read[plain.codes[place], reading]]
            for row in range(words.singles[near], words.singles[near + 1]):
                word = words.single_word[row]
                meant = words.each[word].first
                if meant != plain.ids[place] and gains(plain, words, language, place, meant):
                    cost = words.priced(plain.codes, place, word, &ways)
                    if ways:
                        found.add(place, place + 1, word, cost, ways)


def by_letters(Plain plain not None, Words words not None, Guesses found not None):
    """Add guesses at words whose first letters stand in runs of letters."""
    cdef Trie trie = words.by_letters()
    cdef Py_ssize_t place = 0, begin, end
    cdef int32_t row
    cdef float cost
    cdef Hit hit
    while place < plain.size:
        end = place
        while end < plain.size and A <= plain.codes[end] <= Z:
            end += 1
        if 2 <= end - place <= RUN:
            for begin in range(place, end - 1):
                hit = search(begin)
                while trie.advance(&plain.codes[0], plain.size, &hit):
                    cost = words.more[INITIAL] * (hit.end - begin - 1)
                    cost = words.first[INITIAL] + cost
                    for row in range(hit.row, hit.last):
                        found.add(begin, hit.end, trie.values[row], cost, 1 << INITIAL)
        place = end + 1
