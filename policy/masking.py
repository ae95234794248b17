"""How much of a person may be seen where others look: on public notices, lists and pages for other roles.

Public notices must not show a full ID number, a bank account, a telephone number or the illness in detail
(个人信息保护法, sensitive personal data). What is hidden becomes one `*` per character; nothing is ever returned whole.
"""

STAR = "*"
ID_LENGTHS = (15, 18)
MOBILE_LENGTH = 11


def mask_name(name: str) -> str:
    """The first character only: 张三 → 张*, 欧阳建国 → 欧***. A name of a single character is hidden."""
    return _keep(name.strip(), first=1)


def mask_id_number(number: str) -> str:
    """Division code and last four characters: 140522********0017, so that the date of birth is hidden.

    What is not shaped like an ID number (15 or 18 characters) is hidden entirely.
    """
    number = number.strip()
    return _keep(number, first=6, last=4) if len(number) in ID_LENGTHS else STAR * len(number)


def mask_phone(number: str) -> str:
    """138****5678 for a mobile number; of any other number the last two digits."""
    number = number.strip()
    return _keep(number, first=3, last=4) if len(number) == MOBILE_LENGTH else _keep(number, last=2)


def mask_account(number: str) -> str:
    """The last four digits of a bank account; blanks are dropped."""
    return _keep("".join(number.split()), last=4)


def _keep(text: str, first: int = 0, last: int = 0) -> str:
    """`first` and `last` characters of `text`; all stars where too few would remain hidden to protect anything."""
    hidden = len(text) - first - last
    if hidden < min(first + last, 4):
        return STAR * len(text)
    return text[:first] + STAR * hidden + text[len(text) - last :]
