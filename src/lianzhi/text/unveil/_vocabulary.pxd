cimport cython
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from lianzhi.text.lexicon._dictionary cimport Dictionary
from lianzhi.text.arrays._trie cimport Trie


cdef struct Shape:
    # What a character may be taken for by eye: the number that the language model gives it, and
    # that words do; what it costs beyond the least; and how many steps of log-probability it must
    # gain, as a rule and where a word of a lexicon has it beside its neighbour.
    uint32_t meant
    float extra
    int16_t enough, listed
    uint16_t char, unused


cdef struct Word:
    # What is asked of a word together, side by side: its first two and its last two characters, as
    # the language model numbers them; how likely it is by itself beyond those, and what it is
    # worth; where it begins in `codes`, and its characters.
    uint32_t first, second, before_last, last
    float inner, bonus
    int32_t begin, size


@cython.final
cdef class Words:
    # The channel: see `channel.Channel`.
    cdef const uint16_t[:, ::1] read
    cdef const uint16_t[::1] near
    cdef const uint8_t[::1] oddity
    cdef const float[::1] first, more
    cdef float skipped
    cdef Trie syllables
    # Words: see `vocabulary.Vocabulary`.
    cdef const Word[::1] each
    cdef const float[::1] likely, record, own
    cdef const uint8_t[::1] known
    # The dictionary's columns, and `dictionary.Words`, which keeps them alive.
    cdef Dictionary dictionary
    cdef object held
    cdef const uint16_t[::1] number
    cdef const uint32_t[::1] id_of
    cdef Trie parts, letters
    cdef object initials
    # Pairs of characters: see `Vocabulary.holds_pair`.
    cdef const uint8_t[::1] exact, listed
    cdef int pair_shift
    # Ragged tables: where each row begins, and the columns.
    cdef const int64_t[::1] sounds, sound_char, sound_syllable
    cdef const int64_t[::1] singles, single_word
    cdef const int64_t[::1] begun_by, begun_char
    cdef const int64_t[::1] shapes
    cdef const Shape[::1] looks
    cdef uint32_t most_meant
    # By sound: see `homophones.Homophones`; `cohesion` is by row of `by_sound`,
    # whose rows are sorted by it at each node, and `best` is the first of each node.
    cdef Trie by_sound, swapped
    cdef const float[::1] cohesion, best
    # For each two classes of sound, as `by_sound` numbers them, how many steps less likely than certain
    # the second character must be after the first for any word of two to be worth a look; and
    # whether a longer word begins so.
    cdef const uint8_t[::1] dear, longer
    cdef const uint32_t[::1] codes
    # The trie of words: see `trie.Trie`.
    cdef int64_t width
    cdef const int64_t[::1] root, ends
    # Steps, a key in the upper half, the node in the lower.
    cdef const uint64_t[::1] steps
    # Of each character the bits of those that stand after it in words; of those that do in words of
    # a lexicon, and before it; and of classes of near sounds that follow it.
    cdef const uint8_t[:, ::1] follows, after, before, sound_after

    cdef Trie by_letters(self)
    cdef int64_t step(self, int64_t node, int64_t char) except -1
    cdef float priced(
        self, const uint32_t[::1] codes, Py_ssize_t start, int64_t word, int64_t* ways
    ) except? -1


cdef inline int64_t word_number(Words words, uint32_t code) except -1:
    """Return the number of a character in words; 0 where no word has it."""
    return words.number[code] if code < <uint32_t>words.number.shape[0] else 0


cdef inline bint side_by_side(Words words, int64_t one, int64_t two) except -1:
    """Whether a word has two characters, by number, one after the other."""
    return words.follows[one, two >> 3] >> (two & 7) & 1


cdef inline bint has(const uint8_t* bits, int64_t char) noexcept:
    """Whether a character is among those of a row of bits."""
    return bits[char >> 3] >> (char & 7) & 1


cdef inline bint sounds_after(Words words, int64_t one, int64_t near) except -1:
    """Whether a word goes on, after a character, with what sounds nearly so; after none (0) with
    any."""
    return not one or words.sound_after[one, near >> 3] >> (near & 7) & 1
