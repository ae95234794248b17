"""Records histories from cases told through the counter: `python -m tests.replay.record`.

Since the tag v0.2 a recorded history is never replaced (architecture decision 12): only those that are not there yet are kept.
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.codec import EncryptingCodec
from runtime.temporal import connect
from tests.journeys.case import MAIN_PATH, OTHER_TOWNSHIP, PAPERS, REFUSED, SURVEYED, TOWNSHIP, Case, clerk, holder
from tests.journeys.town import Town, town_from
from tests.replay.histories import FOLDER, Recorded, in_clear, keep, recorded
from tests.replay.replaying import asked_of

RECOGNITION = {"kind": "recognition", "file": "demo", "no": "阳民认〔2025〕2号", "date": "2025-01-03"}
DSR = {"CONDITIONS(DSR)": "家庭月人均收入", "DEDUCT(DSR)": "25% PCDI", "RATE(DSR)": "60%", "CAP(DSR)": "40000.00"}


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jiuzhu-record-") as folder:
        async with town_from("2025-03-03T09:00", Path(folder)) as town:
            await _keep(town, await _told(town))
    await _note_what_is_asked()


async def _told(town: Town) -> dict[str, str]:
    """Name of the history → workflow id."""
    paid, refused = await _paid(town), await _refused(town)
    supplemented, missing = await _supplemented(town), await _missing_parameter(town)
    by_the_county, reminded = await _refused_by_the_county(town), await town.file(costs={})
    objected, upheld = await _objected(town), await _objection_upheld(town)
    asked_around, appealed = await _asked_around(town), await _appealed(town)
    lapsed, recalled = await _lapsed_and_reopened(town), await _recalled_and_moved(town)
    withdrawn, went_wrong = await _withdrawn(town), await _payment_went_wrong(town)
    ordered, uploaded = await _ordered(town), await _handed_in(town)
    await town.move_to("2025-03-07T10:00")  # the reminder, the last day, the day after: timers in its history
    await reminded.done("acceptance", "accept")
    await town.move_to("2025-07-18T10:00")  # past both periods of appeal
    return {
        "application-paid": f"application/{paid.number}",
        "payment": f"payment/{paid.number}",
        "application-refused": f"application/{refused.number}",
        "refusal": f"refusal/{refused.number}",
        "application-refused-by-the-county": f"application/{by_the_county.number}",
        "application-supplemented-and-pending": f"application/{supplemented.number}",
        "application-missing-parameters": f"application/{missing.number}",
        "application-overdue": f"application/{reminded.number}",
        "application-objected-to-twice": f"application/{objected.number}",
        "application-objection-upheld": f"application/{upheld.number}",
        "application-sent-back-and-identity-checked": f"application/{asked_around.number}",
        "application-lapsed": f"application/{lapsed.number}",
        "application-lapsed-and-reopened": f"application/{lapsed.number}/2",
        "application-recalled-and-moved": f"application/{recalled.number}",
        "application-withdrawn": f"application/{withdrawn.number}",
        "refusal-appealed": f"refusal/{appealed.number}",
        "application-reopened-after-appeal": f"application/{appealed.number}/2",
        "payment-that-went-wrong": f"payment/{went_wrong.number}",
        "order": ordered,
        "opinion": await _one_of(town, "opinion"),
        "upload": f"upload/{uploaded}",
        "digest": await _one_of(town, "digest"),
        "notice": await _one_of(town, "notice"),
    }


async def _paid(town: Town) -> Case:
    case = await Case.file(town.counter)
    for kind, outcome, fields, day in MAIN_PATH:
        await case.done(kind, outcome, fields, done_on=day)
    await case.until_status("paid")
    return case


async def _refused(town: Town) -> Case:
    case = await Case.file(town.counter)
    await case.done("acceptance", "refuse", REFUSED, done_on="2025-01-07")
    await case.done("refusal_review", "sent_back", {"reason": "重新审查"}, done_on="2025-01-07")
    await case.done("acceptance", "refuse", REFUSED, done_on="2025-01-08")
    await case.done("refusal_review", "confirmed", done_on="2025-01-08")
    await case.done("refusal_notice", "issued", done_on="2025-01-10")
    await case.done("delivery", "failed", {"reason": "外出未归"}, done_on="2025-01-13")
    await case.done("delivery", "delivered", {"method": "post"}, done_on="2025-01-16")
    return case


async def _refused_by_the_county(town: Town) -> Case:
    costs = {"total": "70000.00", "compliant_total": "65000.00", "commercial": "0.00"}
    case = await (await Case.file(town.counter, costs=costs)).to("county_review")
    reasons = {"provisions": ["A-17"], "reason": "未超过起付标准"}
    await case.done("county_review", "propose_refusal", reasons, done_on="2025-02-07")
    await case.done("county_approval", "refuse", reasons, done_on="2025-02-10")
    await case.task("refusal_notice")
    return case


async def _supplemented(town: Town) -> Case:
    given = [{"kind": kind, "file": "demo"} for kind in PAPERS if kind not in ("diagnosis", "insurance_proof")]
    case = await Case.file(town.counter, documents=[*given, RECOGNITION])
    await case.done("acceptance", "ask_supplement", {"missing": ["diagnosis"]}, done_on="2025-01-07")
    brought = {"documents": [{"kind": "diagnosis", "file": "demo"}]}
    await case.done("supplement", "supplied", brought, done_on="2025-01-08")
    await case.done("acceptance", "accept_with_pending", {"pending": ["insurance_proof"]}, done_on="2025-01-08")
    await case.done("survey", "recorded", SURVEYED, done_on="2025-01-14")
    brought = {"documents": [{"kind": "insurance_proof", "file": "demo"}]}
    await case.done("pending_papers", "supplied", brought, done_on="2025-01-20")
    await case.to("township_notice_result")
    return case


async def _missing_parameter(town: Town) -> Case:
    case = await (await Case.file(town.counter, "DSR")).to("county_review")
    for key, value in DSR.items():
        entry = {"value": value, "document": "晋市医保发〔2024〕1号", "effective_from": "2024-01-01"}
        await case.done(f"missing_parameter:{key}", "entered", entry)
    await town.quiet()
    await case.done("county_review", "propose_approval", done_on="2025-02-07")
    await case.task("county_approval")
    return case


OBJECTION = {"content": "家中有未申报的车辆"}


async def _objected(town: Town) -> Case:
    """Twice: a fresh notice after the first, the rest of it after the second; and once more at the county."""
    case = await (await Case.file(town.counter)).to("township_notice_result")
    await case.done("township_notice_result", "objection", OBJECTION, done_on="2025-01-17")
    await case.done("objection_review", "dismissed", SURVEYED, done_on="2025-01-20")
    await case.done("township_notice", "posted", {"place": "公开栏"}, done_on="2025-01-21")
    await case.done("township_notice_result", "objection", OBJECTION, done_on="2025-01-22")
    await case.done("objection_review", "dismissed", SURVEYED, done_on="2025-01-23")
    await case.done("township_notice_result", "no_objection", done_on="2025-02-10")
    await case.done("forwarding", "forwarded", done_on="2025-02-10")
    await case.done("county_review", "propose_approval", done_on="2025-02-11")
    await case.done("county_approval", "approve", done_on="2025-02-12")
    await case.done("county_notice", "posted", {"place": "公开栏"}, done_on="2025-02-13")
    await case.done("county_notice_result", "objection", OBJECTION, done_on="2025-02-14")
    await case.done("objection_review", "dismissed", SURVEYED, done_on="2025-02-17")
    await case.done("county_review", "propose_approval", done_on="2025-02-18")
    await case.task("county_approval")
    return case


async def _objection_upheld(town: Town) -> Case:
    case = await (await Case.file(town.counter)).to("township_notice_result")
    await case.done("township_notice_result", "objection", OBJECTION, done_on="2025-01-17")
    await case.done("objection_review", "upheld", {**SURVEYED, **REFUSED}, done_on="2025-01-20")
    await case.task("refusal_notice")
    return case


async def _asked_around(town: Town) -> Case:
    """Nobody at home, the file sent back twice, civil affairs asked for the identity."""
    case = await (await Case.file(town.counter)).to("survey")
    await case.done("survey", "absent", done_on="2025-01-13")
    await case.to("county_review")
    await case.done("county_review", "return", {"reason": "调查表缺签名"}, done_on="2025-01-27")
    await case.done("returned_file", "forwarded", {"statement": "已补签"}, done_on="2025-02-05")
    await case.done("county_review", "ask_civil_affairs", {"question": "请核对认定"}, done_on="2025-02-06")
    await case.done(
        "identity_check",
        "confirmed",
        {"category": "GXZC", "recognised_on": "2025-01-03"},
        done_on="2025-02-10",
        by="county.civil_affairs.caseworker@140522",
    )
    await case.done("county_review", "propose_approval", done_on="2025-02-11")
    await case.done("county_approval", "return", {"reason": "请核对起付标准"}, done_on="2025-02-12")
    await case.task("county_review")
    return case


async def _appealed(town: Town) -> Case:
    """Reconsidered in vain, then set aside by the court and begun again at the survey."""
    case = await _refused(town)
    for kind, filed_on, outcome, result in (
        ("reconsideration", "2025-01-20", "upheld", {"document": "阳复决〔2025〕1号", "received_on": "2025-02-20"}),
        ("suit", "2025-02-25", "reopened", {"document": "（2025）晋05行初1号", "resume_at": "survey"}),
    ):
        body = {"kind": kind, "body": "虚构机关", "filed_on": filed_on, "done_on": filed_on, "paper_reason": "补录"}
        await _act(case, "remedies", body)
        await case.done("remedy_result", outcome, result)
    await case.task("survey")
    return case


async def _lapsed_and_reopened(town: Town) -> Case:
    given = [{"kind": kind, "file": "demo"} for kind in PAPERS if kind != "diagnosis"]
    case = await Case.file(town.counter, documents=[*given, RECOGNITION])
    await case.done("acceptance", "ask_supplement", {"missing": ["diagnosis"]}, done_on="2025-01-07")
    await case.done("supplement", "lapsed", done_on="2025-01-24")
    await case.until_status("lapsed")
    await _act(case, "reopen", {"reason": "材料已补齐"})
    await case.task("acceptance")
    return case


async def _recalled_and_moved(town: Town) -> Case:
    case = await (await Case.file(town.counter)).to("survey")
    answered = (await case.done("survey", "recorded", SURVEYED, done_on="2025-01-14")).content["task"]
    await case.task("township_review")
    taken_back = await town.counter.ask(clerk(), "POST", f"/api/v1/tasks/{answered}/recall", {"reason": "笔误"})
    assert taken_back.status == 200, taken_back.content
    await case.done("survey", "recorded", SURVEYED, done_on="2025-01-15")
    await _act(case, "move", {"division": OTHER_TOWNSHIP, "reason": "户籍迁移"}, by=holder("township_review", TOWNSHIP))
    case.township = OTHER_TOWNSHIP
    await case.task("survey")
    return case


async def _withdrawn(town: Town) -> Case:
    case = await (await Case.file(town.counter)).to("township_review")
    await _act(case, "withdraw", {"reason": "不再申请"})
    await case.until_status("withdrawn")
    return case


async def _payment_went_wrong(town: Town) -> Case:
    """Held, queried, returned, not answered by the bank, bounced, and paid to another account in the end."""
    case = await (await Case.file(town.counter)).to("payment_request")
    account = {"payee_kind": "person", "payee_name": "申甲", "account": "6200000000000009999", "basis": "银行卡复印件"}
    for kind, outcome, fields in (
        ("payment_request", "hold", {"reason": "核查线索"}),
        ("payment_request", "submit", {}),
        ("finance_review", "query", {"question": "请说明收款人"}),
        ("payment_query", "answered", {"reply": "为本人账户"}),
        ("finance_review", "return", {"reason": "请补充说明"}),
        ("payment_request", "submit", {}),
        ("finance_review", "approve", {}),
        ("transfer", "unknown", {}),
        ("bank_inquiry", "not_paid", {"note": "银行称未受理"}),
        ("transfer", "bounced", {"reason": "other"}),
        ("account_correction", "corrected", account),
        ("finance_review", "approve", {}),
        ("transfer", "confirmed", {}),
    ):
        await case.done(kind, outcome, fields)
    await case.until_status("paid")
    return case


async def _ordered(town: Town) -> str:
    """An order to the survey's desk, and an opinion asked of civil affairs beside it; returns the id of the order."""
    case = await (await Case.file(town.counter)).to("survey")
    task = f"/api/v1/tasks/{(await case.task('survey'))['id']}"
    head = holder("township_review", TOWNSHIP)
    order = await town.counter.ask(head, "POST", f"{task}/orders", {"text": "请尽快入户", "due_on": "2025-03-05"})
    assert order.status == 201, order.content
    post = {"level": "county", "department": "civil_affairs", "role": "caseworker"}
    asked = await town.counter.ask(clerk(), "POST", f"{task}/opinions", {"text": "该户是否在册", "post": post})
    assert asked.status == 201, asked.content
    await case.done("order_reply", "replied", {"text": "明日入户"}, by=clerk())
    by = "county.civil_affairs.caseworker@140522"
    await case.done("second_opinion", "given", {"opinion": "在册"}, by=by)
    await town.quiet()
    return await _one_of(town, "order")


async def _handed_in(town: Town) -> str:
    """A table of identities, one row of which is returned."""
    rows = (
        "姓名,身份证号码,对象类别,起始日期,名单提供日期",
        "申甲,140522196001010010,低保对象,2025-01-01,2025-01-01",
        "申乙,1405,低保对象,2025-01-01,2025-01-01",
    )
    desk = "county.civil_affairs.caseworker@140522"
    texts = {"kind": "identity", "division": "140522"}
    handed = await town.counter.hand_in(desk, "/api/v1/uploads", texts, ("名单.csv", "\n".join(rows).encode()))
    assert handed.status == 202, handed.content
    await town.quiet()
    return str(handed.content["id"])


async def _act(case: Case, act: str, body: dict[str, Any], by: str = "") -> None:
    reply = await case.counter.ask(by or clerk(case.township), "POST", f"/api/v1/applications/{case.id}/{act}", body)
    assert reply.status in (200, 201), reply.content


async def _one_of(town: Town, workflow: str) -> str:
    """The one that was woken most often."""
    engine = create_async_engine(town.stack.dsn("postgres"))
    query = "select workflow_id from outbox where workflow = :workflow group by 1 order by count(*) desc, 1 limit 1"
    try:
        async with engine.connect() as connection:
            return str(await connection.scalar(text(query), {"workflow": workflow}))
    finally:
        await engine.dispose()


async def _keep(town: Town, names: dict[str, str]) -> None:
    client, codec = await connect(town.stack.settings), EncryptingCodec(town.stack.keyring)
    FOLDER.mkdir(exist_ok=True)
    for name in names.keys() - {one.name for one in recorded()}:
        workflow_id = names[name]
        history = await in_clear(await client.get_workflow_handle(workflow_id).fetch_history(), codec)
        keep(Recorded(name, history, ()))
        sys.stdout.write(f"{name}: {len(history.events)} events\n")


async def _note_what_is_asked() -> None:
    for one in recorded():
        if one.asked:
            continue
        keep(replace(one, asked=await asked_of(one.history)))


if __name__ == "__main__":
    asyncio.run(main())
