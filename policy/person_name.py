"""A person's name as it is compared: lists pad short names with blanks (张　三), and write the dot of long ones in many ways."""

import unicodedata

_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅．.●", "·"))


def normal_name(typed: str) -> str:
    """张　三 → 张三, 买买提•艾力 → 买买提·艾力; between Latin letters one blank stays."""
    words = unicodedata.normalize("NFKC", typed).split()
    latin = all(word.isascii() for word in words)
    joined = (" " if latin else "").join(words)
    return joined if latin else joined.translate(_DOTS)
