"""Full-width letters, digits and signs, as a Chinese keyboard gives them, made half-width."""

#: ！ to ～, and the full-width space.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half(text: str) -> str:
    """The ASCII signs that full-width ones stand for; all else as it is."""
    return text.translate(_HALF)
