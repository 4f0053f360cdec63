"""Write `src/lianzhi/text/fold/fold.npz`, the character table behind `lianzhi.text.fold`.

With it which signs may stand between the characters of a word, and which of them end no clause.
Shipping the table rather than computing it makes folding the same under every Python, whatever
Unicode version it carries, and spares loading OpenCC at run time. Sources: the Unicode character
database of the running Python and OpenCC's dictionaries (Apache-2.0): traditional to simplified;
and Japanese forms (悪, 労) and those of Hong Kong and Taiwan where GB 2312 lacks them: 芸 and 予
are characters of their own in Chinese.
"""

import argparse
import unicodedata
from pathlib import Path

import emoji
import numpy as np
import opencc

SPACES = {0x09, 0x2800}
NEWLINES = {0x0A, 0x0B, 0x0C, 0x85, 0x2028, 0x2029}
FILLERS = {0x115F, 0x1160, 0x3164, 0xFFA0}  # Hangul fillers: letters that show nothing
HANGUL = range(0xAC00, 0xD7A4)  # would fall apart into jamo
HAN = range(0x3400, 0xA000)  # characters in use, and the first of those that are rare
#: OpenCC keeps the first two apart, comments do not; the next five it has for Japanese forms, and
#: they are themselves rarer than the simplified ones. Of others it knows nothing: forms that Japan
#: uses, and rare ones of the same word.
VARIANTS = dict(
    zip("妳牠擧鄕鑛鬭澁妬呪姉氷賎儍奷伱囯囬", "你它举乡矿斗涩妒咒姊冰贱傻奸你国回", strict=True)
)
#: Radicals that Unicode has once more, to be named in dictionaries, and strokes, which its normal
#: forms keep apart from characters: mostly by EquivalentUnifiedIdeograph.txt of the Unicode
#: character database; where it has a rare part (𥫗), or the whole for a part (肉), as parts are
#: typed.
RADICALS = dict(
    zip(
        "⺁⺂⺃⺅⺆⺉⺊⺌⺍⺎⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺝⺞⺠⺡⺢⺣⺤⺥⺦⺨⺩⺫⺬⺭⺮⺯⺰⺲⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋"
        "⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲㇐㇑㇒㇔㇠",
        "厂乛乚亻冂刂卜小小兀尢巳幺彑彐忄㣺扌攵旡月歺民氵氺灬爫爫丬犭王罒示礻竹纟纟罒羊羊羊耂肀聿月臼艹艹艹虎衤覀西见角角讠贝足车"
        "辶辶辶阝钅长长长门阜阝雨青韦页风飞食食饣饣首马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟一丨丿丶乙",
        strict=True,
    )
)
#: Letters that are drawn like Latin ones (Unicode Technical Standard 39): small capitals, Cyrillic,
#: Greek. β stands for 阝 as well and stays.
LATIN = {
    look: char
    for looks, chars in (
        ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),
        ("авеһіјкмнорѕтухԁԛԝс", "abehijkmhopstyxdqwc"),
        ("αεηικνορτυχω", "aenikvoptuxw"),
        ("ß♭", "bb"),
    )
    for look, char in zip(looks, chars, strict=True)
}
#: What stands around a character that is enclosed in one code point (⑴, ㈠, 🉅); a circle is gone.
ENCLOSING = ("()", "〔〕")
#: OpenCC's conversions of forms that other standards have.
ELSEWHERE = ("jp2t", "hk2t", "tw2t")
#: Drawn as characters are (人, 上, 三, 日, 田), and hardly ever put between them: no signs.
DRAWN = set("⋏∧⊥≡⊟⊞")
REPLACEMENT = "\ufffd"
#: Signs are looked for below this: beyond it there are pictures and letters.
SIGNS = 0x3100
#: Marks that end or divide a clause, or quote. Brackets part words always.
CLAUSE = set(",.!?;:、。…\"'~—")
#: Strokes that hardly anybody writes for themselves: they are put between characters that stand
#: alone then, and elsewhere they may be parts of a split character.
STROKES = set("丨丶")
#: Pictures that are put between characters and say nothing there.
ORNAMENTS = set("★☆♡●○■□◆◇♦♠♣→←↑↓※✨✦✧©®™〰‼⁉")
OUT = Path(__file__).parents[1] / "src/lianzhi/text/fold/fold.npz"


class Simplified:
    """Characters as simplified Chinese writes them."""

    def __init__(self) -> None:
        self.plainly = opencc.OpenCC("t2s")
        self.elsewhere = [opencc.OpenCC(form) for form in ELSEWHERE]

    def convert(self, text: str) -> str:
        """Each character by itself."""
        return "".join(VARIANTS.get(char, char) for char in map(self._one, text))

    def _one(self, char: str) -> str:
        found: str = self.plainly.convert(char)
        if found != char or ord(char) not in HAN or _in_gb2312(char):
            return found
        forms = (self.plainly.convert(form.convert(char)) for form in self.elsewhere)
        return next((form for form in forms if form != char), char)


def _in_gb2312(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def once(char: str, simplify: Simplified) -> str:
    """Fold one code point by one step."""
    code = ord(char)
    if code in NEWLINES:
        return "\n"
    if code in SPACES or unicodedata.category(char) == "Zs":
        return " "
    if 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE:
        return REPLACEMENT
    if code in FILLERS or unicodedata.category(char) in {"Cc", "Cf", "Mn", "Me"}:
        return ""
    if code in HANGUL:
        return char
    if found := LATIN.get(char) or RADICALS.get(char):
        return found
    plain = unicodedata.normalize("NFKD", char).lower()
    if plain == char and unicodedata.category(char) != "Lo":
        return char
    if plain[0] + plain[-1] in ENCLOSING and len(plain) > 2:
        plain = plain[1:-1]
    return simplify.convert(plain)


def closure(char: str, simplify: Simplified) -> str:
    """Fold until nothing changes, so that folding is idempotent by construction."""
    before, after = "", char
    while before != after:
        before, after = after, "".join(once(c, simplify) for c in after)
    return after


def is_sign(code: int) -> bool:
    """A space, a line end or a sign that is no bracket and no picture that says something."""
    if chr(code) in DRAWN:
        return False
    kind = unicodedata.category(chr(code))
    picture = emoji.is_emoji(chr(code)) or emoji.is_emoji(f"{chr(code)}\ufe0f")
    if picture and chr(code) not in ORNAMENTS:
        return False
    return code == 0x0A or kind[0] in "ZS" or kind in {"Pc", "Pd", "Po"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    out = parser.parse_args().out
    simplify = Simplified()
    table = {c: f for c in range(0x110000) if (f := closure(chr(c), simplify)) != chr(c)}
    signs = [code for code in range(SIGNS) if is_sign(code)]
    signs += sorted(map(ord, STROKES))
    parts = CLAUSE | STROKES | {" ", "\n"}
    np.savez_compressed(
        out,
        code=np.array(list(table), np.uint32),
        width=np.array([len(f) for f in table.values()], np.uint8),
        folded=np.array([ord(c) for f in table.values() for c in f], np.uint32),
        signs=np.array(signs, np.uint32),
        inside=np.array([c for c in signs if chr(c) not in parts], np.uint32),
        word=np.array([c for c in range(SIGNS) if unicodedata.category(chr(c))[0] in "LN"]),
    )
    print(f"{out}: {len(table)} code points, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
