"""Capital money 大写金额: a sum in characters that cannot be altered, 壹万贰仟元整.

After the rules for filling in bills (中国人民银行《支付结算办法》, annex 1): zeros between digits
are written once, none at the end of a group; 零 stands for a missing 角 before 分; 整 closes a sum
that ends before 分, so that nothing can be added.
"""

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("亿", "万", "")
MOST = Decimal("999999999999.99")
_FEN = Decimal("0.01")


def capital(amount: Decimal) -> str:
    """A sum of yuan in capital characters.

    Raises ValueError for a sum below 0, above `MOST`, or with a part of a fen.
    """
    if not (amount.is_finite() and 0 <= amount <= MOST and amount == amount.quantize(_FEN)):
        raise ValueError(
            f"amount is {amount}; give yuan from 0 to {MOST:,} with at most two decimals"
        )
    yuan, fen = divmod(int(amount * 100), 100)
    jiao, fen = divmod(fen, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    if fen:
        return f"{text}{_DIGITS[fen]}分"
    return f"{text or '零元'}整"


def _whole(number: int) -> str:
    """A number above 0 and below 10 ** 12 in characters, by groups of four digits."""
    text, gap = "", False
    for name, group in zip(_GROUPS, _digits(number, 3, 10_000), strict=True):
        if not group:
            gap = True
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _group(group) + name
        gap = False
    return text


def _group(group: int) -> str:
    text, gap = "", False
    for place, digit in zip(_PLACES, _digits(group, 4, 10), strict=True):
        if not digit:
            gap = True
            continue
        text += ("零" if gap and text else "") + _DIGITS[digit] + place
        gap = False
    return text


def _digits(number: int, count: int, base: int) -> list[int]:
    """Digits of a number, most significant first."""
    return [number // base**place % base for place in reversed(range(count))]
