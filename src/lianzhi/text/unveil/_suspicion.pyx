"""Where a plain batch may hide something: the compiled twin of `suspicion.py`."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy

from lianzhi.text.arrays._buffer cimport Buffer
from lianzhi.text.unveil._language cimport (
    CLASSES,
    STEPS,
    Language,
    fetch,
    fetch_pair,
    likely_after,
)
from lianzhi.text.unveil._plain cimport Plain
from lianzhi.text.arrays._trie cimport Hit, Places, places_from, search, seek
from lianzhi.text.unveil._vocabulary cimport Shape, Words, has, side_by_side, word_number
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR
from lianzhi.text.unveil import channel, suspicion, vocabulary

cdef uint32_t SEPARATOR = _SEPARATOR
cdef int SHAPE = channel.SHAPE, SPLIT = channel.SPLIT
cdef int PICTURE = channel.PICTURE, LIKENESS = channel.LIKENESS
cdef int DIGIT = channel.DIGIT, LATIN = channel.LETTER | DIGIT, ODD = LATIN | PICTURE
cdef float ALIKE = suspicion.ALIKE, GAIN = suspicion.GAIN
cdef float LISTED = suspicion.LISTED, CLEAR = suspicion.CLEAR
cdef Py_ssize_t REACH = suspicion.REACH
cdef Py_ssize_t LONGEST = vocabulary.LONGEST
cdef enum:
    #: Places that are looked at together.
    BLOCK = 64


cdef inline float gained(Plain plain, Py_ssize_t place, float before, float after) except? -1:
    """What a character gains that is so likely beside its neighbours."""
    before, after = before - plain.pair[place - 1], after - plain.pair[place]
    return (before if before > 0 else 0) + (after if after > 0 else 0)


cdef class Suspicion:
    """What is suspected of a plain batch. `kinds` has the bits of all that stands there: letters,
    single digits, pictures, and likenesses where anything is suspected; `pictures` are the places
    of pictures."""

    def __init__(
        self, Plain plain not None, Words words not None, Language language not None
    ):
        cdef Py_ssize_t place, i
        cdef int kind
        if words.most_meant >= language.one.shape[0]:  # it is asked about by pointers
            raise ValueError("words are numbered by another language model; read them anew")
        self.plain, self.words, self.language = plain, words, language
        self.buffer, self.pictures = Buffer(sizeof(Suspect)), []
        self.alike()
        self.made()
        self.marks = Buffer(sizeof(uint8_t))
        cdef uint8_t* some = <uint8_t*>self.marks.zeros(4 * plain.size)
        self.beside, self.begin = some + plain.size, some + 2 * plain.size
        self.around = some + 3 * plain.size
        self.kinds = 0
        for place in range(plain.size):
            kind = words.oddity[plain.codes[place]] & ODD
            if kind & DIGIT and not self.single(place):
                continue
            if kind and plain.codes[place] != SEPARATOR:
                self.kinds |= kind
                if kind & PICTURE:
                    self.pictures.append(place)
                some[place] = 1
                self.mark_beside(place)
        for i in range(self.size):
            if self.rows[i].way == SPLIT:
                self.mark_beside(self.rows[i].start)
                self.mark_beside(self.rows[i].end - 1)
        if self.size:
            self.keep_joining(some)
            self.kinds |= LIKENESS if self.size else 0
            self.mark(some)
            for i in range(self.size):
                if self.rows[i].clear:
                    self.mark_beside(self.rows[i].start)
        self.spread(some)

    cdef int add(self, Suspect suspect) except -1:
        (<Suspect*>self.buffer.add())[0] = suspect
        self.rows, self.size = <Suspect*>self.buffer.data, self.buffer.size
        return 0

    cdef bint single(self, Py_ssize_t place) except -1:
        """Whether a digit stands beside neither letters nor digits; a separator is at either end
        of all."""
        cdef const uint8_t[::1] kinds = self.words.oddity
        return not (
            (kinds[self.plain.codes[place - 1]] | kinds[self.plain.codes[place + 1]]) & LATIN
        )

    cdef void mark_beside(self, Py_ssize_t place) noexcept:
        cdef Py_ssize_t near
        for near in range(max(place - REACH, 0), min(place + REACH + 1, self.plain.size)):
            self.beside[near] = 1

    cdef int mark(self, uint8_t* some) except -1:
        """Mark the places of all suspects."""
        cdef Py_ssize_t i
        for i in range(self.size):
            some[self.rows[i].start] = some[self.rows[i].end - 1] = 1
        return 0

    cdef int keep_joining(self, const uint8_t* odd) except -1:
        """Drop suspects that can be in no word, as most can not."""
        cdef Py_ssize_t i, kept = 0
        cdef Buffer marks = Buffer(sizeof(uint8_t))
        cdef uint8_t* some = <uint8_t*>marks.zeros(self.plain.size)
        memcpy(some, odd, self.plain.size)
        self.mark(some)
        for i in range(self.size):
            if self.rows[i].way == SPLIT or self.joins(&self.rows[i], some):
                self.rows[kept] = self.rows[i]
                kept += 1
        self.size = self.buffer.size = kept
        return 0

    cdef bint joins(self, const Suspect* one, const uint8_t* some) except -1:
        """Whether a character may be a word, or stand in one beside its neighbours; told by these
        where they can be nothing but what is written."""
        cdef Words words = self.words
        cdef Py_ssize_t place = one.start
        cdef int64_t root = words.root[one.char]
        if some[place - 1] or some[place + 1] or self.beside[place]:
            return True
        if self.beside[place - 1] or self.beside[place + 1] or root and words.ends[root] >= 0:
            return True
        if side_by_side(words, word_number(words, self.plain.codes[place - 1]), one.char):
            return True
        return root and side_by_side(
            words, one.char, word_number(words, self.plain.codes[place + 1])
        )

    cdef int alike(self) except -1:
        """Suspect look-alikes that would fit better.

        Step by step for so many places at a time, so that what is far away is asked of the memory
        a step before it is looked up.
        """
        cdef Py_ssize_t begin = 1, i, size = self.plain.size - 1
        cdef Buffer asked = Buffer(sizeof(Asked))
        cdef Asked* rows
        cdef int32_t[BLOCK] some
        cdef Py_ssize_t count
        if not self.words.looks.shape[0]:
            return 0
        while begin < size:
            count = self.rare(begin, min(begin + BLOCK, size), some)
            begin += BLOCK
            if not count:
                continue
            self.taken_for(some, count, asked)
            rows = <Asked*>asked.data
            asked.size = self.worth_asking(rows, asked.size)
            for i in range(asked.size):
                self.ask(rows + i)
        return 0

    cdef Py_ssize_t rare(self, Py_ssize_t begin, Py_ssize_t end, int32_t* some) noexcept:
        """Places of characters that stand beside others so that they may be meant otherwise."""
        cdef const uint32_t* codes = &self.plain.codes[0]
        cdef const float* pair = &self.plain.pair[0]
        cdef const uint8_t* oddity = &self.words.oddity[0]
        cdef Py_ssize_t place, count = 0
        for place in range(begin, end):
            some[count] = <int32_t>place
            # Branchless: the branch would be unpredictable.
            count += (oddity[codes[place]] & LIKENESS > 0) & (
                (pair[place - 1] < ALIKE) | (pair[place] < ALIKE)
            )
        return count

    cdef int taken_for(self, const int32_t* some, Py_ssize_t count, Buffer asked) except -1:
        """What the characters at some places may be taken for and gain enough by, by the most that
        pairs with neighbours can be."""
        cdef Language language = self.language
        cdef const uint32_t* codes = &self.plain.codes[0]
        cdef const uint32_t* ids = &self.plain.ids[0]
        cdef const float* pair = &self.plain.pair[0]
        cdef const int64_t* shapes = &self.words.shapes[0]
        cdef const Shape* looks = &self.words.looks[0]
        cdef const uint8_t* likely
        cdef const uint8_t* followed
        cdef Asked* rows
        cdef Py_ssize_t i, most = 0, kept = 0
        cdef int32_t place, row, last
        # Steps by which what is written, and what follows it, is less likely than certain, and by
        # which it is less likely than what it is taken for can be at most.
        cdef int before, after, gain, more
        for i in range(count):
            fetch(looks + shapes[codes[some[i]]])
            most += shapes[codes[some[i]] + 1] - shapes[codes[some[i]]]
        rows = <Asked*>asked.hold(most)
        for i in range(count):
            place = some[i]
            row, last = <int32_t>shapes[codes[place]], <int32_t>shapes[codes[place] + 1]
            before, after = <int>(pair[place - 1] * -STEPS), <int>(pair[place] * -STEPS)
            likely = &language.most_before[0, ids[place - 1] % CLASSES]
            followed = &language.most_after[0, ids[place + 1] % CLASSES]
            while row < last:
                gain = before - likely[looks[row].meant * CLASSES]
                more = after - followed[looks[row].meant * CLASSES]
                gain = (gain if gain > 0 else 0) + (more if more > 0 else 0)
                rows[kept].place, rows[kept].row, rows[kept].gain = place, row, gain
                # Branchless: the branch would be unpredictable.
                kept += gain >= looks[row].listed
                row += 1
        asked.size = kept
        return 0

    cdef Py_ssize_t worth_asking(self, Asked* rows, Py_ssize_t count) except -1:
        """Those of so many that may gain enough, by whether a word of a lexicon has them there."""
        cdef Words words = self.words
        cdef Language language = self.language
        cdef const uint32_t* codes = &self.plain.codes[0]
        cdef const uint32_t* ids = &self.plain.ids[0]
        cdef const Shape* looks = &words.looks[0]
        cdef Py_ssize_t i, kept = 0, place
        cdef Asked one
        cdef uint32_t char
        for i in range(count):
            place, char = rows[i].place, looks[rows[i].row].char
            fetch(&words.after[word_number(words, codes[place - 1]), char >> 3])
            fetch(&words.before[word_number(words, codes[place + 1]), char >> 3])
        for i in range(count):
            one = rows[i]
            place, char = one.place, looks[one.row].char
            one.listed = has(&words.after[word_number(words, codes[place - 1]), 0], char)
            if not one.listed:
                one.listed = has(&words.before[word_number(words, codes[place + 1]), 0], char)
            if one.listed or one.gain >= looks[one.row].enough:
                fetch_pair(language, ids[place - 1], looks[one.row].meant)
                fetch_pair(language, looks[one.row].meant, ids[place + 1])
                rows[kept] = one
                kept += 1
        return kept

    cdef int ask(self, const Asked* one) except -1:
        """Suspect it if it gains enough."""
        cdef Py_ssize_t place = one.place
        cdef Shape shape = self.words.looks[one.row]
        cdef float gain = gained(
            self.plain, place,
            likely_after(self.language, self.plain.ids[place - 1], shape.meant),
            likely_after(self.language, shape.meant, self.plain.ids[place + 1]),
        )
        gain = gain - (self.words.first[SHAPE] + shape.extra)
        if gain > (LISTED if one.listed else GAIN):
            self.add(Suspect(place, place + 1, shape.char, SHAPE, shape.extra, gain > CLEAR))
        return 0

    cdef int made(self) except -1:
        """Suspect characters whose parts stand side by side and that would fit better."""
        cdef Words words = self.words
        cdef Plain plain = self.plain
        cdef int32_t row
        cdef int64_t whole
        cdef uint32_t meant
        cdef float both
        cdef double written
        cdef Hit hit = search(1)
        cdef Places places = places_from(1)
        while seek(words.parts, &plain.codes[0], plain.size, &places, &hit):
            while words.parts.advance(&plain.codes[0], plain.size, &hit):
                for row in range(hit.row, hit.last):
                    meant = words.id_of[words.parts.values[row]]
                    both = likely_after(self.language, plain.ids[hit.start - 1], meant)
                    both = both + likely_after(self.language, meant, plain.ids[hit.end])
                    written = plain.pairs[hit.end + 1] - plain.pairs[hit.start]
                    if both - written - words.first[SPLIT] > GAIN:
                        whole = words.parts.values[row]
                        self.add(Suspect(hit.start, hit.end, whole, SPLIT, 0, True))
        return 0

    cdef int spread(self, const uint8_t* some) except -1:
        """Mark where words that hold some of the places may begin and go on."""
        cdef Py_ssize_t place, last = self.plain.size + LONGEST
        for place in range(self.plain.size - 1, -1, -1):
            if some[place]:
                last = place
            self.begin[place] = last - place < LONGEST
        last = -LONGEST
        for place in range(self.plain.size):
            if some[place]:
                last = place
            self.around[place] = self.begin[place] or place - last < LONGEST
        return 0
