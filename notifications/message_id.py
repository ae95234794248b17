"""The Message-ID of a notice: made from its row, so that a mail sent twice is recognised as one."""

import re

_FORM = re.compile(r"<notice-([A-Za-z0-9-]+)@([A-Za-z0-9.-]+)>")


def message_id(notice_id: str, domain: str) -> str:
    """<notice-…@domain>. Raises ValueError for an id or a domain that a header cannot carry."""
    made = f"<notice-{notice_id}@{domain}>"
    if not _FORM.fullmatch(made):
        raise ValueError("not an id and a domain that a Message-ID can carry")
    return made


def notice_id_of(message_id: str) -> str:
    """The inverse. Raises ValueError for a Message-ID that is not ours."""
    ours = _FORM.fullmatch(message_id.strip())
    if ours is None:
        raise ValueError("not the Message-ID of a notice")
    return ours[1]
