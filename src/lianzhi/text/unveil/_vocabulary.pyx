"""A vocabulary and the tables of the channel for compiled twins."""

import numpy as np

cimport cython
from libc.stdint cimport int64_t, uint32_t, uint64_t

from lianzhi.text.lexicon import dictionary
from lianzhi.text.lexicon._dictionary cimport listed
from lianzhi.text.unveil._language cimport STEPS
from lianzhi.text.arrays._trie cimport Trie
from lianzhi.text.arrays.batch import SEPARATOR as _SEPARATOR, joined_codes
from lianzhi.text.arrays.ragged import ranges
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.unveil import channel as channels
from lianzhi.text.unveil import homophones as _homophones
from lianzhi.text.unveil import suspicion
from lianzhi.text.unveil.trie import bits_of

cdef uint32_t CODES = channels.CODES, SEPARATOR = _SEPARATOR
cdef int SOUND = channels.SOUND, NEAR = channels.NEAR
cdef Shape one_shape
cdef Word one_word
#: `Shape` and `Word` as NumPy has them.
SHAPE_ROW = np.asarray(<Shape[:1]>&one_shape).dtype
WORD_ROW = np.asarray(<Word[:1]>&one_word).dtype


def grown(some, spelled=None):
    """The trie of `NumberedStrings`."""
    return Trie(some.codes, some.size, some.numbers, spelled)


def sound_after(words):
    """Bits, by character and class of near sounds: whether a word goes on so after it."""
    sounds, width = words.sounds, words.trie.width
    (char, _), classes = sounds.columns, sounds.starts.size - 1
    by_char = np.argsort(char, kind="stable")
    bounds = np.searchsorted(char[by_char], np.arange(width + 1))
    near = np.repeat(np.arange(classes), np.diff(sounds.starts))[by_char]
    first, second, _ = words.trie.next
    pair, row = ranges(bounds[second], bounds[second + 1])
    return bits_of(first[pair], near[row], width, classes)


def each_word(words):
    """Words, as rows of `Word`."""
    out = np.zeros(words.size.size, WORD_ROW)
    out["first"], out["second"] = words.ids[:, 0], words.ids[:, 1]
    out["before_last"], out["last"] = words.last.T
    out["inner"], out["bonus"] = words.inner, words.bonus
    out["begin"], out["size"] = words.homophones.begin, words.size
    return out


def shapes(words, channel):
    """What characters may be taken for, as rows of `Shape`."""
    char, unlike = words.shapes.columns
    out = np.zeros(char.size, SHAPE_ROW)
    out["meant"], out["char"] = words.id_of[char], char
    out["extra"] = unlike * channel.costs.unlike
    cost = channel.costs.first[channels.SHAPE] + out["extra"]
    most = np.iinfo(np.int16).max  # none is so unlikely
    out["enough"] = np.minimum(steps_beyond(cost, suspicion.GAIN), most)
    out["listed"] = np.minimum(steps_beyond(cost, suspicion.LISTED), most)
    return out


def steps_beyond(cost, least):
    """How many steps of log-probability come to more than `least` once each cost is taken off, as
    far as floats go."""
    steps = np.floor((cost + least) * STEPS).astype(np.float32) - 1  # one or two too few
    for _ in range(3):
        steps += steps / STEPS - cost <= np.float32(least)
    return np.maximum(steps, 0)


cdef class Words:
    """A `Vocabulary` and a `Channel`."""

    def __init__(self, words, channel):
        homophones, trie = words.homophones, words.trie
        self.read, self.near, self.oddity = channel.read, channel.near, channel.oddity
        self.first, self.more = channel.costs.first, channel.costs.more
        if self.oddity.shape[0] <= SEPARATOR or self.read.shape[0] < CODES:
            raise ValueError("the channel does not know all characters; make its tables anew")
        if (np.asarray(self.oddity)[CODES:] & channels.LIKENESS).any():  # looked up by pointers
            raise ValueError(f"likenesses of code points from {CODES} on; make the tables anew")
        self.skipped = channel.costs.skipped
        said = channel.syllables
        values = np.fromiter(said.values(), np.int64, len(said))
        self.syllables = Trie(*joined_codes(tuple(said)), values)
        self.each = in_large_pages(each_word(words))
        self.likely, self.record, self.own = words.likely, words.record, words.own
        self.known = words.known.view(np.uint8)
        self.held = dictionary.load()
        self.dictionary = listed(self.held)
        self.number, self.id_of = words.number, words.id_of
        self.parts = grown(words.parts)
        self.initials = words.initials
        self.exact, self.listed = words.exact.view(np.uint8), words.listed.view(np.uint8)
        self.pair_shift = 32 - (words.exact.size.bit_length() - 1)
        self.sounds = words.sounds.starts
        self.sound_char, self.sound_syllable = words.sounds.columns
        self.singles, (self.single_word,) = words.singles.starts, words.singles.columns
        self.begun_by, (self.begun_char,) = words.begun_by.starts, words.begun_by.columns
        self.shapes = words.shapes.starts
        self.looks = in_large_pages(shapes(words, channel))
        self.most_meant = words.id_of.max(initial=0)
        self.by_sound = grown(homophones.by_sound, homophones.sound_of[:CODES])
        self.swapped = grown(homophones.swapped)
        # Words that sound alike come by cohesion: the first that is not cohesive enough ends them.
        sounding, first = np.asarray(self.by_sound.values), np.asarray(self.by_sound.first)
        nodes = np.repeat(np.arange(first.size - 1), np.diff(first))
        order = np.lexsort((-homophones.cohesion[sounding], nodes))
        cohesion = homophones.cohesion[sounding[order]]
        self.by_sound.values, self.cohesion = in_large_pages(sounding[order]), in_large_pages(cohesion)
        best = np.zeros(first.size - 1, np.float32)
        best[1:] = cohesion[first[1 : first.size - 1]]
        self.best = in_large_pages(best)
        node = np.asarray(self.by_sound.second)
        two = (node > 0) & (node <= self.by_sound.ending)
        best = best.astype(np.float64)
        least = np.floor((_homophones.LOOSE - best[np.where(two, node, 0)]) * STEPS) + 1
        self.dear = in_large_pages(np.where(two, np.clip(least, 0, 255), 255).astype(np.uint8))
        self.longer = in_large_pages(self.by_sound.goes_on(node).astype(np.uint8))
        self.codes = in_large_pages(homophones.codes)
        if trie.word.size * trie.width >> 32:
            raise ValueError(f"words have {trie.word.size} beginnings, too many; list fewer")
        self.width, self.root, self.ends = trie.width, in_large_pages(trie.root), in_large_pages(trie.word)
        self.sound_after, self.follows = in_large_pages(sound_after(words)), in_large_pages(trie.next.bits)
        first, second, after = words.together
        self.after = in_large_pages(after)
        self.before = in_large_pages(bits_of(second, first, trie.width, trie.width))
        steps = np.where(trie.keys < 0, 0, trie.keys << 32 | trie.child)
        self.steps = in_large_pages(steps.astype(np.uint64))

    cdef Trie by_letters(self):
        """Words by their first letters; indexed on first use."""
        if self.letters is None:
            some = self.initials.words
            letters = [each for each, found in some.items() for _ in found]
            words = [word for found in some.values() for word in found]
            self.letters = Trie(*joined_codes(letters), np.array(words, np.int64))
        return self.letters

    @cython.boundscheck(False)  # a slot is masked
    cdef int64_t step(self, int64_t node, int64_t char) except -1:
        """The node of the trie of words that a character leads to; 0 where there is none."""
        cdef uint64_t key = node * self.width + char
        cdef Py_ssize_t mask = self.steps.shape[0] - 1
        cdef Py_ssize_t slot = key * <uint64_t>0x9E3779B1 >> 12 & mask
        while self.steps[slot] >> 32 != key:
            if not self.steps[slot]:
                return 0
            slot = (slot + 1) & mask
        return <uint32_t>self.steps[slot]

    cdef float priced(
        self, const uint32_t[::1] codes, Py_ssize_t start, int64_t word, int64_t* ways
    ) except? -1:
        """What it costs to write a word by its sound as it stands, and in what `ways` that is.

        There are none where it stands as it is meant.
        """
        cdef float first = 0, rest = 0
        cdef Py_ssize_t i, a, b
        cdef uint32_t written, meant
        cdef Py_ssize_t way, begin = self.each[word].begin
        ways[0] = 0
        for i in range(self.each[word].size):
            written, meant = codes[start + i], self.codes[begin + i]
            if written == meant:
                continue
            way = NEAR
            for a in range(3):
                for b in range(3):
                    if self.read[written, a] and self.read[written, a] == self.read[meant, b]:
                        way = SOUND
            if ways[0]:
                rest += self.more[way]
            else:
                first = self.first[way]
            ways[0] |= 1 << way
        return first + rest
