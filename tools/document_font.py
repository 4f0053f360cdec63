"""Makes the font of printed documents: `python tools/document_font.py NotoSansCJK-Regular.ttc`.

Kept of Noto Sans CJK SC are the characters of GB 2312 and of the first level of Big5, those that
stand in given names beyond them, Latin, punctuation and signs; dropped is what print does not need.
Any other character is printed as its code point, see `lianzhi.documents.render`. Needs fontTools,
which matplotlib brings (`make dev`).
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src/lianzhi/documents/fonts/lianzhi-sans.otf"
#: Face of a collection that has the shapes of simplified Chinese.
FACE = 2
NAME = "Lianzhi Sans"
#: In names of people and places, and in neither list.
NAMES = (
    "喆祎镕堃玥昇珺翀犇骉赟旻叒淼垚焱燚鑫彧昀晞晗晟珩琰璟瑄瑀"
    "瑢翎翾菡萱蔺蕙薇邢郗钰铄锴霈霁韫颢飏骁骐骞𠮷"
)
#: First and last code point of what is kept beside Chinese.
SIGNS = (
    *((0x20, 0x7E), (0xA0, 0x24F), (0x391, 0x3C9), (0x410, 0x451), (0x2010, 0x2027)),
    *((0x2030, 0x205E), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF)),
    *((0x2460, 0x24FF), (0x2500, 0x257F), (0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2713, 0x2717)),
    *((0x3000, 0x303F), (0x3041, 0x3096), (0x30A1, 0x30FE), (0xFF01, 0xFFEF)),
)


def characters() -> set[int]:
    """Code points that are kept."""
    low, high = range(0x40, 0x7F), range(0xA1, 0xFF)
    chinese = "".join(
        bytes((lead, trail)).decode(codec, "ignore")
        for codec, leads, trails in (
            ("gb2312", range(0xA1, 0xF8), (*high,)),
            ("big5", range(0xA4, 0xC7), (*low, *high)),
        )
        for lead in leads
        for trail in trails
    )
    signs = {point for first, last in SIGNS for point in range(first, last + 1)}
    return signs | set(map(ord, chinese + NAMES))


def main() -> None:
    """Write the font."""
    options = subset.Options()
    options.font_number, options.hinting, options.layout_features = FACE, False, []
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"]
    font: TTFont = subset.load_font(sys.argv[1], options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    for record in list(font["name"].names):
        # The licence asks that a changed font bears a name of its own.
        if record.nameID in (1, 3, 4, 16):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    font["CFF "].cff.fontNames = [NAME.replace(" ", "")]
    font.recalcTimestamp = False
    subset.save_font(font, str(TARGET), options)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


if __name__ == "__main__":
    main()
