"""The canary persons: values that stand nowhere else in the world, typed wherever a person may type.

Every text holds MARK, which is not a person's first character, so that a masked name (鷃**) is no find.
"""

from typing import Any

from tests.casework import application, id_number

MARK = "翀霙"
NAME = f"鷃{MARK}"
ID_NUMBER = id_number("140522", "19610307", 731)
MEMBER_ID = id_number("140522", "19870911", 462)
PHONE = "13957284061"
ACCOUNT = "6217385920461738529"
SETTLEMENT = "JSD8306175294"
RECEIPT = "HDN5910738264"
FILING_NO = "BAH7420916385"
REFERRAL_NO = "ZZD6183059427"
KEY = "KEY-140522196103077315"
WORD = "zephyrcanarywren"

CANARIES = (
    MARK,
    ID_NUMBER,
    MEMBER_ID,
    PHONE,
    ACCOUNT,
    SETTLEMENT,
    RECEIPT,
    FILING_NO,
    REFERRAL_NO,
    KEY,
    WORD,
)

PAPER = f"%PDF-1.4\n% {WORD} {NAME} {ID_NUMBER}\n".encode()
PAPER_NAME = f"{NAME}的诊断证明 {WORD}.pdf"


def said(what: str) -> str:
    """A text as an officer types it."""
    return f"{what}：{NAME}，{MARK}病，{WORD}，{PHONE}"


def bird(number: int, papers: list[str]) -> dict[str, Any]:
    """An application of the canary person; its settlement is another one for each `number`."""
    body = application(number)
    body["applicant"] |= {
        "name": NAME,
        "id_number": ID_NUMBER,
        "phone": PHONE,
        "address": f"{MARK}村{WORD}巷7号",
        "household": [{"name": f"{NAME}儿", "id_number": MEMBER_ID, "relation": f"{MARK}之子"}],
    }
    body["costs"] |= {
        "disease_code": f"C50-{WORD}",
        "settlement_no": f"{SETTLEMENT}-{number}",
        "filing_no": FILING_NO,
        "referral_no": REFERRAL_NO,
    }
    body["payee"] = {"kind": "person", "name": NAME, "account": ACCOUNT, "bank": f"{MARK}银行"}
    for paper, file in zip(body["documents"], papers, strict=True):
        paper["file"] = file
    body["documents"][-1]["no"] = f"{MARK}认〔2026〕7号"
    return body
