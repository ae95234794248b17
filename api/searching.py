"""What may stand in a search box of a list: case numbers and codes. A name or an ID number would end up in an address."""

import re

from api.errors import Refusal
from policy.problems import Problem

CODE = re.compile(r"[0-9A-Za-z_:()/\-]{1,40}")
"""The key of a matter of the exchange has strokes: 140522/2026-11."""
ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
PHONE = re.compile(r"1[3-9]\d{9}")
ELSEWHERE = "POST /api/v1/people/search"


def codes_only(q: str | None) -> str:
    """The search word, if it is a case number or a code. Raises Refusal with the place to search for people."""
    word = (q or "").strip()
    personal = any(ID_NUMBER.fullmatch(part) or PHONE.fullmatch(part) for part in word.split("/"))
    if word and (personal or not CODE.fullmatch(word)):
        zh = "此处只能查案件编号和代码；按姓名或身份证号码查人请用“人员查询”"
        en = "case numbers and codes only; search for people by POST /api/v1/people/search"
        raise Refusal(422, "search-elsewhere", zh, en, [Problem("/q", zh, en, "C-22")], see=ELSEWHERE)
    return word
