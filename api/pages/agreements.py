"""信息共享协议登记 (C-24): the register, the form, and with whom data are shared without an agreement."""

import uuid

from fastapi import APIRouter, Response

from api.errors import wrong_fields
from api.exchange import agreements
from api.pages.acting import done, typed_day, typed_text
from api.pages.desk import AtDesk
from api.pages.posted import FromForm, Posted
from api.pages.refusals import Way
from policy.agreement import PARTNERS, SharedData, may_enter
from policy.problems import Problem
from policy.terms import Department

router = APIRouter(prefix="/agreements")
HERE = "agreements"
LABELS = {
    "number": "协议名称或文号",
    "duties": "共享工作责任和基本规则",
    "signed_on": "签订日期",
    "starts_on": "生效日期",
    "ends_on": "终止日期",
    "last_day": "终止日期",
}
WAY = Way("/agreements", "返回信息共享协议")


@router.get("")
async def register(desk: AtDesk, cursor: str = "") -> Response:
    user = desk.signed_in
    found = await agreements.list_agreements(desk.services, user, cursor=cursor or None)
    return desk.page(
        "supervision/agreements.html",
        HERE,
        agreements=found.items,
        next_page=found.next,
        lacking=await agreements.lacking(desk.services, user),
        may_enter=may_enter(user.post),
        partners=PARTNERS,
        kinds_of_data=list(SharedData),
    )


@router.post("")
async def enter(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> None:
        wanted = agreements.WantedAgreement(
            typed_text(posted, "number", LABELS["number"]),
            _data_lists(posted),
            typed_text(posted, "duties", LABELS["duties"]),
            typed_day(posted, "signed_on", LABELS["signed_on"]),
            typed_day(posted, "starts_on", LABELS["starts_on"]),
            typed_day(posted, "ends_on", LABELS["ends_on"]) if posted.text("ends_on") else None,
        )
        await agreements.enter(desk.services, desk.signed_in, wanted, posted.once)

    return await done(desk, posted, LABELS, WAY, do)


@router.post("/{agreement_id}/end")
async def end(desk: AtDesk, posted: FromForm, agreement_id: uuid.UUID) -> Response:
    async def do() -> None:
        last_day = typed_day(posted, "last_day", LABELS["last_day"])
        await agreements.end(desk.services, desk.signed_in, agreement_id, last_day)

    return await done(desk, posted, LABELS, WAY, do)


def _data_lists(posted: Posted) -> dict[Department, tuple[SharedData, ...]]:
    """By partner, what was ticked under it: `data.civil_affairs`."""
    lists = {partner: posted.typed.get(f"data.{partner.value}", []) for partner in PARTNERS}
    if any(code not in set(SharedData) for codes in lists.values() for code in codes):
        raise wrong_fields([Problem("/data_lists", "数据清单不在可选范围内", "not one of the kinds of data", "C-24")])
    return {partner: tuple(SharedData(code) for code in codes) for partner, codes in lists.items() if codes}
