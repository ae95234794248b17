"""Makes NotoSerifSC-Regular.subset.ttf out of the npm package `@expo-google-fonts/noto-serif-sc` 0.4.3.

Usage: npm pack @expo-google-fonts/noto-serif-sc@0.4.3, unpack it, pip install fonttools==4.68.0, then from the top folder
    python notifications/fonts/make_subset.py <folder>/package/400Regular/NotoSerifSC_400Regular.ttf
and write the two hashes that it prints into MANIFEST.toml. The same source gives the same file, byte for byte.

Kept: every hanzi that GBK can write (the 20,902 of GB 18030's two-byte part, GB 2312 among them), what 通用规范汉字表
and the names in policy/packs/divisions need beyond them, and all signs and letters. Left out: the 6,500 rare hanzi of
extension A. The digits are set to one width: columns of amounts must align, and the font has no tabular digits.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parent / "NotoSerifSC-Regular.subset.ttf"
DIVISIONS = Path("policy/packs/divisions/shanxi.csv")
DIGITS = "0123456789"
NAMES_AMONG_THE_RARE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬"
    "䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)
RARE = range(0x3400, 0x4DC0)
"""Extension A: all hanzi of GBK, and what else 通用规范汉字表 holds, stand outside it but for those above."""


def main(source: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(_options())
    subsetter.populate(unicodes=[ord(character) for character in wanted(font.getBestCmap())])
    subsetter.subset(font)
    _equal_digits(font)
    font.save(TARGET)
    sys.stdout.write(f"source_sha256 = {_sha256(source)}\nsha256 = {_sha256(TARGET)}\n")


def wanted(held: dict[int, str]) -> Iterator[str]:
    yield from (chr(code) for code in held if code not in RARE)
    yield from NAMES_AMONG_THE_RARE
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from row["name"]


def _options() -> subset.Options:
    options = subset.Options()
    options.layout_features = ["ccmp", "locl"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.glyph_names = False
    return options


def _equal_digits(font: TTFont) -> None:
    """Every digit as wide as the widest, its drawing in the middle."""
    names = [font.getBestCmap()[ord(digit)] for digit in DIGITS]
    widest = max(font["hmtx"][name][0] for name in names)
    for name in names:
        width, bearing = font["hmtx"][name]
        shift = (widest - width) // 2
        glyph = font["glyf"][name]
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (widest, bearing + shift)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
