"""Guesses by walking the lattice: the compiled twin of `lattice.py` and `lattice_walk.py`.

Arcs are not built beforehand but computed when a walk comes to them; those of emoji are given.
"""

import numpy as np

cimport cython
cimport numpy as cnp
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.stdlib cimport qsort

from lianzhi.text.arrays._batch cimport lying
from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.unveil._guesses cimport Guesses
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.unveil._suspicion cimport Suspect, Suspicion
from lianzhi.text.arrays._trie cimport Trie, numbered
from lianzhi.text.unveil._vocabulary cimport (
    Words, side_by_side, sounds_after, word_number,
)
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.unveil import channel, lattice, lattice_walk, vocabulary

cnp.import_array()

cdef uint32_t SEPARATOR = _SEPARATOR, CODES = channel.CODES
cdef int SAME = lattice.SAME, SOUND = channel.SOUND, NEAR = channel.NEAR
cdef int ODD = channel.LETTER | channel.PICTURE | channel.DIGIT
cdef int PINYIN = channel.PINYIN, EMOJI = channel.EMOJI, LONE = channel.LONE
cdef set CLOSING = {_SEPARATOR, *map(ord, lattice_walk.PARTICLES)}
cdef Py_ssize_t LONGEST = vocabulary.LONGEST, RUN = lattice.RUN, SKIPPED = lattice.SKIPPED
cdef enum:
    #: Places after which others may have their turn.
    BREATH = 256
    A = 97
    Z = 122
    ZERO = 48
    ONE = 49
    FIVE = 53
    NINE = 57


cdef struct Walk:
    int64_t at, char, node, ways, order
    float cost


cdef int by_cost(const void* one, const void* other) noexcept nogil:
    cdef const Walk* a = <const Walk*>one
    cdef const Walk* b = <const Walk*>other
    if a.cost != b.cost:
        return -1 if a.cost < b.cost else 1
    return -1 if a.order < b.order else 1


cdef int by_order(const void* one, const void* other) noexcept nogil:
    return -1 if (<const Walk*>one).order < (<const Walk*>other).order else 1


@cython.final
cdef class Given:
    """Arcs of emoji, by the node that they lead from; and ornaments that may be skipped."""

    cdef const int64_t[::1] start, end, char, way
    cdef const float[::1] extra
    # For each node the first arc from it, counted from 1; emoji are few.
    cdef const int32_t[::1] first
    cdef const uint8_t[::1] ornament

    def __init__(self, arcs, ornaments, places):
        self.start, self.end, self.char, self.way, self.extra = arcs
        ornament = np.zeros(places, np.uint8)
        ornament[ornaments] = 1
        self.ornament = ornament
        nodes = max(int(arcs.end.max(initial=0)), places) + 1
        first = np.zeros(nodes, np.int32)
        some, at = np.unique(arcs.start, return_index=True)
        first[some] = at + 1
        self.first = first


@cython.final
cdef class _Walks:
    """Walks under way: a list that grows."""

    cdef Buffer buffer
    cdef Walk* rows
    cdef Py_ssize_t size

    def __cinit__(self):
        self.buffer = Buffer(sizeof(Walk))

    cdef int clear(self) except -1:
        self.size = self.buffer.size = 0
        return 0

    cdef int add(self, Walk walk) except -1:
        walk.order = self.size
        (<Walk*>self.buffer.add())[0] = walk
        self.rows, self.size = <Walk*>self.buffer.data, self.buffer.size
        return 0

    cdef int keep_cheapest(self, Py_ssize_t most) except -1:
        if self.size > most:
            qsort(self.rows, self.size, sizeof(Walk), by_cost)
            self.size = self.buffer.size = most
            qsort(self.rows, self.size, sizeof(Walk), by_order)
        return 0


@cython.final
cdef class Walker:
    """Walks along one plain batch, at most `most` at a time from each place."""

    cdef Plain plain
    # Where each of its characters stands in the batch.
    cdef cnp.ndarray places
    cdef const int64_t* stands
    cdef Words words
    cdef Suspicion signs
    cdef Given given
    cdef Guesses found
    # Of each place the first suspect that begins there, and of each suspect the next, counted from
    # one on.
    cdef Buffer firsts, nexts
    cdef int32_t* suspect_at
    cdef int32_t* suspect_next
    # Of each place in a run of letters where that ends, or is no longer looked at.
    cdef Buffer ends
    cdef int32_t* run_end
    cdef _Walks now, then
    # Whether ornaments were skipped on the way to an arc, and what that costs.
    cdef bint over
    cdef float beyond

    cdef Py_ssize_t most

    def __init__(
        self,
        Plain plain not None,
        cnp.ndarray places not None,
        Words words not None,
        Suspicion signs not None,
        Given given,
        Guesses found not None,
        Py_ssize_t most,
    ):
        cdef Py_ssize_t i, place
        self.places, self.stands = places, <const int64_t*>lying(places, cnp.NPY_INT64, 1)
        if places.shape[0] != plain.size:
            raise ValueError(f"{plain.size} codes have {places.shape[0]} places; read anew")
        if signs.plain is not plain:
            raise ValueError("what is suspected is of another batch; read anew")
        self.plain, self.words, self.signs, self.given = plain, words, signs, given
        self.found, self.most, self.now, self.then = found, most, _Walks(), _Walks()
        self.firsts, self.nexts = Buffer(sizeof(int32_t)), Buffer(sizeof(int32_t))
        self.suspect_at = <int32_t*>self.firsts.zeros(plain.size)
        self.suspect_next = <int32_t*>self.nexts.zeros(signs.size + 1)
        for i in range(signs.size, 0, -1):
            place = signs.rows[i - 1].start
            self.suspect_next[i] = self.suspect_at[place]
            self.suspect_at[place] = <int32_t>i
        self.find_runs()

    cdef int find_runs(self) except -1:
        cdef Py_ssize_t place = 0, end, i
        cdef const uint32_t[::1] codes = self.plain.codes
        self.ends = Buffer(sizeof(int32_t))
        self.run_end = <int32_t*>self.ends.zeros(self.plain.size)
        while place < self.plain.size:
            end = place
            if A <= codes[place] <= Z:
                while A <= codes[end] <= Z or ONE <= codes[end] <= FIVE:  # a separator follows
                    end += 1
                for i in range(place, min(end, place + RUN)):
                    self.run_end[i] = <int32_t>min(end, place + RUN)
            place = end + 1
        return 0

    def walk(self):
        """Find the words that arcs spell."""
        cdef Py_ssize_t place
        for place in range(self.plain.size):
            if self.signs.begin[place] and self.opens(place):
                self.walk_from(place)
            if place % BREATH == 0:
                PyErr_CheckSignals()
                with nogil:  # let others have their turn
                    pass

    cdef bint opens(self, Py_ssize_t place) except -1:
        """Whether a walk from a place may come to anything: told by what stands there and next,
        where that can be nothing else."""
        cdef Words words = self.words
        cdef int64_t one
        if self.plain.codes[place] == SEPARATOR:
            return False
        if not self.itself(place):
            return True
        one = word_number(words, self.plain.codes[place])
        if not words.root[one]:
            return False
        if not self.itself(place + 1):
            return True
        return side_by_side(words, one, word_number(words, self.plain.codes[place + 1]))

    cdef bint itself(self, Py_ssize_t place) except -1:
        """Return whether a place can stand for nothing but the character there."""
        cdef Given given = self.given
        if self.suspect_at[place] or self.signs.beside[place] or self.run_end[place]:
            return False
        return given is None or not (given.first[place] or given.ornament[place])

    cdef int walk_from(self, Py_ssize_t begin) except -1:
        cdef Py_ssize_t i, length
        cdef int64_t word
        cdef Walk walk
        self.now.clear()
        self.now.add(Walk(begin, 0, 0, 0, 0, 0))
        for length in range(LONGEST):
            self.then.clear()
            for i in range(self.now.size):
                self.go_on(self.now.rows + i)
            self.now, self.then = self.then, self.now
            self.now.keep_cheapest(self.most)
            if not self.now.size:
                break
            for i in range(self.now.size):
                walk = self.now.rows[i]
                word = self.words.ends[walk.node]
                if word >= 0 and walk.at <= self.plain.size and walk.ways:
                    if walk.ways != 1 << LONE or self.tells(begin, walk.at, word):
                        self.found.add(begin, walk.at, word, walk.cost, walk.ways)
        return 0

    cdef bint tells(self, Py_ssize_t begin, Py_ssize_t end, int64_t word) except -1:
        """Whether a word by one letter tells enough: see `drop_weak_initials`."""
        cdef const uint32_t[::1] codes = self.plain.codes
        if A <= codes[begin] <= Z and self.words.each[word].size < 3:
            return False
        if not A <= codes[end - 1] <= Z:
            return True
        return self.stands[end] - self.stands[end - 1] > 1 or codes[end] in CLOSING

    cdef int go_on(self, const Walk* walk) except -1:
        """Follow all arcs from the end of a walk, over ornaments as well."""
        cdef Py_ssize_t place = walk.at, skipped
        self.over, self.beyond = False, 0
        if walk.at > self.plain.size:
            return self.follow_given(walk, walk.at)
        for skipped in range(SKIPPED + 1):
            if place == self.plain.size:
                break
            self.follow(walk, place)
            if self.given is None or walk.ways & 1 << LONE:
                break
            self.follow_given(walk, place)
            if not self.given.ornament[place]:
                break
            place += 1
            self.over = True
            self.beyond = self.beyond + self.words.skipped
        return 0

    cdef int follow(self, const Walk* walk, Py_ssize_t place) except -1:
        """Follow what stands at a place, what is suspected there, and what sounds like it."""
        cdef Words words = self.words
        cdef uint32_t code = self.plain.codes[place]
        cdef int64_t i, own
        cdef Suspect suspect
        if code == SEPARATOR:
            return 0
        own = word_number(words, code)
        if own and self.signs.around[place]:
            self.step(walk, place + 1, own, SAME, 0)
        if walk.ways & 1 << LONE:
            return 0  # beside a character by its first letter all others stand as they are
        i = self.suspect_at[place]
        while i:
            suspect = self.signs.rows[i - 1]
            self.step(walk, suspect.end, suspect.char, suspect.way, suspect.extra)
            i = self.suspect_next[i]
        if self.signs.beside[place] and code < CODES:
            self.hear(walk, place, own)
        if self.run_end[place]:
            self.spell(walk, place)
            if not walk.ways and not self.over and self.alone(place):
                for i in range(words.begun_by[code - A], words.begun_by[code - A + 1]):
                    self.step(walk, place + 1, words.begun_char[i], LONE, 0)
        return 0

    cdef int hear(self, const Walk* walk, Py_ssize_t place, int64_t own) except -1:
        """Follow what sounds like the character at a place, or nearly so."""
        cdef Words words = self.words
        cdef int64_t i, near, syllable
        cdef int reading, way
        for reading in range(3):
            syllable = words.read[self.plain.codes[place], reading]
            near = words.near[syllable]
            if not syllable or not sounds_after(words, walk.char, near):
                continue
            for i in range(words.sounds[near], words.sounds[near + 1]):
                if words.sound_char[i] != own:
                    way = SOUND if words.sound_syllable[i] == syllable else NEAR
                    self.step(walk, place + 1, words.sound_char[i], way, 0)
        return 0

    cdef bint alone(self, Py_ssize_t place) except -1:
        """Whether a letter stands alone, beside neither letters nor digits: as in `stretch_arcs`."""
        cdef uint32_t code = self.plain.codes[place]  # a separator stands at either end of all
        cdef uint32_t before = self.plain.codes[place - 1], after = self.plain.codes[place + 1]
        return (
            A <= code <= Z
            and not A <= before <= Z
            and not A <= after <= Z
            and not ZERO <= before <= NINE
            and not ZERO <= after <= NINE
        )

    cdef int spell(self, const Walk* walk, Py_ssize_t place) except -1:
        """Follow syllables in letters, a digit for the tone after them."""
        cdef Words words = self.words
        cdef Trie trie = words.syllables
        cdef int32_t node = trie.root[numbered(trie, self.plain.codes[place])]
        cdef Py_ssize_t end = place + 1, last = self.run_end[place]
        cdef int64_t i, near, syllable, toned
        cdef uint32_t number
        while node:
            if node <= trie.ending:
                syllable = trie.values[trie.first[node]]
                toned = end + (end < last and self.plain.codes[end] < A)
                near = words.near[syllable]
                if sounds_after(words, walk.char, near):
                    for i in range(words.sounds[near], words.sounds[near + 1]):
                        if words.sound_syllable[i] == syllable:
                            self.step(walk, toned, words.sound_char[i], PINYIN, 0)
            number = numbered(trie, self.plain.codes[end]) if end < last else 0
            node = trie.step(node, number) if number else 0
            end += 1
        return 0

    cdef int follow_given(self, const Walk* walk, int64_t node) except -1:
        cdef Given given = self.given
        cdef Py_ssize_t i = given.first[node] - 1
        while 0 <= i < given.start.shape[0] and given.start[i] == node:
            # As `step` would tell, without the call: a picture may stand for hundreds.
            if not walk.node or side_by_side(self.words, walk.char, given.char[i]):
                self.step(walk, given.end[i], given.char[i], <int>given.way[i], given.extra[i])
            i += 1
        return 0

    cdef int step(self, const Walk* walk, int64_t end, int64_t char, int way, float extra) except -1:
        """Follow one arc if any word goes on with it."""
        cdef Words words = self.words
        cdef int64_t node
        cdef Walk further
        if not walk.node:
            node = words.root[char]
        elif side_by_side(words, walk.char, char):
            node = words.step(walk.node, char)
        else:
            return 0
        if not node or words.ends[node] < 0 and not self.goes_on(char, end):
            return 0
        if self.over:
            way = EMOJI if way == SAME else way
            extra = extra + self.beyond
        further = walk[0]
        if way != SAME:
            extra = (words.more[way] if walk.ways else words.first[way]) + extra
            further.cost = further.cost + extra
            further.ways |= 1 << way
        further.at, further.char, further.node = end, char, node
        return self.then.add(further)

    cdef bint goes_on(self, int64_t char, Py_ssize_t place) except -1:
        """Whether a word may go on after a character by what stands next: see `_going_on`."""
        cdef Words words = self.words
        cdef uint32_t code
        cdef int64_t own, i
        cdef int reading
        if place >= self.plain.size:
            return place > self.plain.size
        code = self.plain.codes[place]
        if code == SEPARATOR:
            return False
        if words.oddity[code] & ODD:
            return True
        own = word_number(words, code)
        if own and self.signs.around[place] and side_by_side(words, char, own):
            return True
        i = self.suspect_at[place]
        while i:
            if side_by_side(words, char, self.signs.rows[i - 1].char):
                return True
            i = self.suspect_next[i]
        if self.signs.beside[place] and code < CODES:
            for reading in range(3):
                own = words.read[code, reading]
                if own and sounds_after(words, char, words.near[own]):
                    return True
        return False
