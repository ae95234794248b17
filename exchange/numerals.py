"""Numbers as forms are filled in with them: 2025, ２０２５, 二〇二五, 十二, 三十一."""

import unicodedata

_DIGITS = {
    char: value
    for value, chars in enumerate(("〇零○", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
NUMBER = r"(?:\d+|[〇零○一二三四五六七八九十廿卅]+)"
"""What `number` reads, as a pattern."""


def number(typed: str) -> int | None:
    """Its value, None for anything else. Tens as 十二 and 二十, years digit by digit."""
    written = unicodedata.normalize("NFKC", typed).replace("廿", "二十").replace("卅", "三十")
    if written.isascii():
        return int(written) if written.isdigit() and len(written) <= 9 else None
    tens, ten, ones = written.partition("十")
    if not ten:
        return _digit_by_digit(written)
    high, low = _digit_by_digit(tens or "一"), _digit_by_digit(ones or "〇")
    if high is None or low is None or high > 9 or low > 9:
        return None
    return high * 10 + low


def _digit_by_digit(written: str) -> int | None:
    if not written or any(char not in _DIGITS for char in written):
        return None
    return int("".join(str(_DIGITS[char]) for char in written))
