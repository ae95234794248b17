"""What the city has not laid down is asked for, never guessed; one entry releases every case that waits for it (A-05).

The values entered here stay in the tables of the shared stack: only these tests use the categories DSR and YF.
"""

import asyncio
import time
from collections.abc import Iterable

from runtime.story.counter import Counter
from tests.journeys.case import PATIENCE, Case

CITY = "city.medical_insurance.supervisor@1405"
DSR = {
    "CONDITIONS(DSR)": "家庭月人均收入低于当地低保标准的1.5倍",
    "DEDUCT(DSR)": "25% PCDI",
    "RATE(DSR)": "60%",
    "CAP(DSR)": "40,000.00",
}


async def test_missing_parameter_is_entered_once_for_all_that_wait(counter: Counter) -> None:
    case = await (await Case.file(counter, "DSR")).to("county_review")
    waiting = await (await Case.file(counter, "DSR")).to("county_review")
    expected = ["county_review", *sorted(f"missing_parameter:{key}" for key in DSR)]
    await _asked_for(case, DSR)
    await _asked_for(waiting, DSR)
    assert sorted(await case.tasks()) == expected
    assert sorted(await waiting.tasks()) == expected
    asked = await case.task("missing_parameter:RATE(DSR)")
    assert asked["office"] == {"division": "1405", "department": "medical_insurance", "role": "supervisor"}
    assert (asked["due"]["nominal"], asked["light"]) == (None, "green")  # PARAMETER_WD is empty: no term, no ladder

    refused = await case.answer("county_review", "propose_approval", done_on="2025-02-07")
    assert (refused.status, refused.content["type"]) == (409, "/problems/parameter-missing")
    assert refused.content["key"] == "CONDITIONS(DSR)"
    assert (await case.view())["decision"]["amount"] is None
    # The review's own date runs on: 10 WD from Sun 26 January (worked) end Fri 14 February, as on the main path.
    assert (await case.task("county_review"))["due"]["nominal"] == "2025-02-14"

    for key, value in DSR.items():
        still = await case.answer("county_review", "propose_approval", done_on="2025-02-07")
        assert still.status == 409
        await case.done(f"missing_parameter:{key}", "entered", _entry(value))
    await _assessed(case)
    await _assessed(waiting)

    for one in (case, waiting):
        seen = await one.view()
        # (24,731.00 − 7,731.00) × 60 %
        assert seen["decision"]["amount"] == "10200.00"
        assert "UNREVIEWED" in seen["decision"]["marks"]
        entered = [found for found in seen["decision"]["parameters"] if found["key"] in DSR]
        assert {found["basis"] for found in entered} == {"unreviewed"}
        assert list(await one.tasks()) == ["county_review"]
        await one.done("county_review", "propose_approval", done_on="2025-02-07")
    counted = {tag: (await waiting.tags()).count(tag) for tag in ("counter:missing_parameter:released",)}
    assert counted == {"counter:missing_parameter:released": 4}
    assert (await case.tags()).count("counter:missing_parameter:entered") == 4

    after = await (await Case.file(counter, "DSR")).to("county_review")
    assert (await after.view())["decision"]["amount"] == "10200.00"


async def test_missing_rate_of_a_key_target_below_the_floor_is_refused(counter: Counter) -> None:
    case = await (await Case.file(counter, "YF")).to("county_review")
    await _asked_for(case, ("CAP(YF)", "DEDUCT(YF)", "RATE(YF)"))
    assert sorted(await case.tasks()) == [
        "county_review",
        "missing_parameter:CAP(YF)",
        "missing_parameter:DEDUCT(YF)",
        "missing_parameter:RATE(YF)",
    ]
    refused = await case.answer("missing_parameter:RATE(YF)", "entered", _entry("69%"))
    assert refused.status == 422
    assert [(error["pointer"], error["clause"]) for error in refused.content["errors"]] == [("/fields/value", "A-14")]
    refused = await case.answer("missing_parameter:RATE(YF)", "entered", _entry("七成"))
    assert (refused.status, refused.content["errors"][0]["pointer"]) == (422, "/fields/value")
    assert "missing_parameter:RATE(YF)" in await case.tasks()

    await case.done("missing_parameter:RATE(YF)", "entered", _entry("70%"))
    await case.done("missing_parameter:DEDUCT(YF)", "entered", _entry("0.00"))
    # Below the floor of 15,000.00 “原则上” only: taken, with a warning.
    await case.done("missing_parameter:CAP(YF)", "entered", _entry("12000.00"))
    await _assessed(case)
    seen = await case.view()
    # 24,731.00 × 70 % = 17,311.70, cut to the cap of 12,000.00.
    assert seen["decision"]["amount"] == "12000.00"
    entered = [one["codes"] for one in seen["timeline"] if one["tag"] == "counter:missing_parameter:entered"]
    assert [(one["key"], one["warnings"]) for one in entered] == [
        ("RATE(YF)", []),
        ("DEDUCT(YF)", []),
        ("CAP(YF)", ["A-15"]),
    ]


async def test_missing_parameter_is_not_the_countys_to_enter(counter: Counter) -> None:
    case = await (await Case.file(counter, "FPZP")).to("county_review")
    task = await case.task("missing_parameter:RATE(FPZP)")
    county = await case.answer(
        "missing_parameter", "entered", _entry("60%"), by="county.medical_insurance.supervisor@140522", task=task["id"]
    )
    assert county.status == 403
    abroad = await case.answer(
        "missing_parameter", "entered", _entry("60%"), by="county.medical_insurance.supervisor@140827", task=task["id"]
    )
    assert abroad.status == 404


async def _asked_for(case: Case, keys: Iterable[str]) -> None:
    """The tasks beside the review open one after the other."""
    for key in keys:
        await case.task(f"missing_parameter:{key}")


def _entry(value: str) -> dict[str, str]:
    return {"value": value, "document": "晋市医保发〔2024〕1号", "effective_from": "2024-01-01"}


async def _assessed(case: Case) -> None:
    until = time.monotonic() + PATIENCE
    while (decision := (await case.view())["decision"])["amount"] is None:
        assert time.monotonic() < until, f"still missing: {decision['missing']}"
        await asyncio.sleep(0.05)
