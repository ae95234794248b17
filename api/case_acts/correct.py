"""更正: a typing error in what was registered, put right before the decision, the old values kept (R-CORRECT)."""

from typing import Any

from api.case_acts.act import Act, wrong
from api.case_acts.registered import as_filed, differing, merged
from api.errors import Refusal, wrong_fields
from api.filing.application import check_settlement, columns_of, settlement_index
from api.filing.checks import check_corrected
from api.filing.people import register
from api.filing.reading import read_filing
from api.filing.shape import Filing
from api.presentation import plain
from store.assessment import assess_application, final_decision, lock_person, newest_decision, record_assessment

FIXED = ("division", "documents", "submitted_on")
"""What a correction does not touch: papers come by their own steps, the day of submission is in the number."""


async def correct(act: Act) -> None:
    """Everything that was sent is checked as at filing. Raises Refusal with every problem."""
    await _check_undecided(act)
    _check_parts(act)
    before = await as_filed(act.services, act.session, act.user, act.application)
    after = merged(before, act.parts)
    reading = read_filing(after)
    problems = await check_corrected(act.session, act.application.division, reading, act.today)
    if problems or reading.filing is None:
        raise wrong_fields(problems)
    _check_alive(act, reading.filing)
    changed = differing(before, _plain(reading.filing, after))
    if not changed:
        raise wrong_fields([wrong("", "没有需要更正的内容：与登记的一致", "nothing differs from what is registered")])
    await _write(act, reading.filing, changed)
    act.codes["fields"] = changed
    act.typed |= {
        "reason": act.values["reason"],
        "before": _only(before, changed),
        "after": _only(after, changed),
    }
    await _assess_again(act)


async def _check_undecided(act: Act) -> None:
    if await final_decision(act.session, act.application) is not None:
        raise Refusal(
            409,
            "decided",
            "县级已批准，登记内容不能再更正；收款账户有误的，在支付环节更正",
            "the decision has been approved: only the account may be corrected, when payment asks for it",
            clause="R-CORRECT",
        )


def _check_parts(act: Act) -> None:
    if not act.parts:
        raise wrong_fields([wrong("", "没有写明更正的内容", "say what is to be corrected")])
    unknown = [
        wrong(name, "应为一个对象", "an object is needed")
        for name, part in act.parts.items()
        if name != "category" and not isinstance(part, dict)
    ]
    if unknown:
        raise wrong_fields(unknown)


def _check_alive(act: Act, filing: Filing) -> None:
    """No care after the death that has been entered (R-DEATH)."""
    died_on = act.application.deceased_on
    if died_on is not None and filing.costs.discharged_on > died_on:
        zh = f"出院日期不能晚于已登记的死亡日期{died_on.isoformat()}"
        raise wrong_fields([wrong("costs/discharged_on", zh, "it lies after the death entered", "R-DEATH")])


async def _write(act: Act, filing: Filing, changed: list[str]) -> None:
    """The person is found or made by the corrected number; the household stays the case's own."""
    application, vault = act.application, act.services.vault
    person = application.person_id
    if any(name.startswith("applicant.") for name in changed):
        person = (
            await register(
                act.session,
                vault,
                filing.applicant,
                application.division,
                act.now,
                household=application.household_id,
            )
        ).person
    settlement = settlement_index(vault, filing.costs.settlement_no)
    if (person, settlement) != (application.person_id, application.settlement_index):
        await check_settlement(act.session, person, settlement, but=application.id)
    application.person_id, application.settlement_index = person, settlement
    for name, value in columns_of(vault, application.id, filing).items():
        setattr(application, name, value)
    if any(name.startswith("payee.") for name in changed):
        application.payee_checked_on = None  # after a death: whoever was checked is no longer the payee


async def _assess_again(act: Act) -> None:
    """What has been computed already is computed anew: whoever approves sees the amount of what is true now."""
    if await newest_decision(act.session, act.application) is None:
        return
    await act.session.flush()
    await lock_person(act.session, act.application)
    decision = await assess_application(act.session, act.services.vault, act.application, act.now)
    record_assessment(act.session, act.application, decision, act.now)
    act.codes["amount"] = f"{decision.amount:.2f}" if decision.amount is not None else None


def _plain(filing: Filing, sent: dict[str, Any]) -> dict[str, Any]:
    """As read: 86231 and 86231.00 are the same amount, a blank at the end is none."""
    read: dict[str, Any] = plain(filing.model_dump())
    return {name: _alike(read[name], value) for name, value in sent.items() if name not in FIXED and name in read}


def _alike(read: Any, sent: Any) -> Any:
    return {name: value for name, value in read.items() if name in sent} if isinstance(sent, dict) else read


def _only(whole: dict[str, Any], names: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in names:
        part, _, field = name.partition(".")
        kept[name] = (whole.get(part) or {}).get(field) if field else whole.get(part)
    return kept
