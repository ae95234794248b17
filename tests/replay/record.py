"""Records the histories anew, from cases told through the counter: `python -m tests.replay.record`.

Only until the tag v0.2 (architecture decision 12): from then on a recorded history is never replaced, only added to.
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.codec import EncryptingCodec
from runtime.temporal import connect
from tests.journeys.case import MAIN_PATH, PAPERS, REFUSED, SURVEYED, Case
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
    for name, workflow_id in names.items():
        history = await in_clear(await client.get_workflow_handle(workflow_id).fetch_history(), codec)
        keep(Recorded(name, history, ()))
        sys.stdout.write(f"{name}: {len(history.events)} events\n")


async def _note_what_is_asked() -> None:
    for one in recorded():
        keep(replace(one, asked=await asked_of(one.history)))


if __name__ == "__main__":
    asyncio.run(main())
