"""From the counter to the payment, over Spring Festival 2025 (A-37 … A-41, A-50 … A-54), with the amounts of S-01."""

from runtime.story.counter import Counter
from tests.journeys.case import MAIN_PATH, Case

WAY = (
    # Submitted Mon 6 January. ACCEPT_WD 3: 7, 8, Thu 9.
    ("submitted", "acceptance", "2025-01-09"),
    # SURVEY_WD 10 from Wed 8 January: 9, 10, 13, 14, 15, 16, 17, 20, 21, Wed 22; the review shares it.
    ("survey", "survey", "2025-01-22"),
    ("twp_review", "township_review", "2025-01-22"),
    # POST_WD 2 from Wed 15: 16, Fri 17.
    ("twp_publicity", "township_notice", "2025-01-17"),
    # Posted Thu 16: 7 days end Thu 23. FORWARD_WD 3 from there: Fri 24, Sun 26 (worked), Mon 27; forwarding shares it.
    ("twp_publicity", "township_notice_result", "2025-01-27"),
    ("forwarded", "forwarding", "2025-01-27"),
    # COUNTY_WD 10 from Sun 26: 27, (28 to 4 off), 5, 6, 7, Sat 8 (worked), 10, 11, 12, 13, Fri 14; the approval shares it.
    ("county_review", "county_review", "2025-02-14"),
    ("county_review", "county_approval", "2025-02-14"),
    # POST_WD 2 from Mon 10: 11, Wed 12.
    ("county_publicity", "county_notice", "2025-02-12"),
    # Posted Tue 11: 5 WD 12, 13, 14, 17, Tue 18. PAY_APPLY_WD 5 from there: 19, 20, 21, 24, Tue 25; the request shares it.
    ("county_publicity", "county_notice_result", "2025-02-25"),
    ("approved", "payment_request", "2025-02-25"),
    # FIN_WD 5 from Thu 20: 21, 24, 25, 26, Thu 27.
    ("approved", "finance_review", "2025-02-27"),
    # PAY_WD 3 from Tue 25: 26, 27, Fri 28.
    ("approved", "transfer", "2025-02-28"),
)

# Entered on Mon 3 March, each period is opened after its date. Each is answered at once, so nothing climbs (R-ESC).
TAGS = [
    "counter:application:submitted",
    *("desk:acceptance:opened", "counter:acceptance:accept"),
    "procedure:application:accepted",
    *("desk:survey:opened", "counter:survey:recorded"),
    *("desk:township_review:opened", "counter:township_review:eligible"),
    *("desk:township_notice:opened", "counter:township_notice:posted"),
    *("desk:township_notice_result:opened", "counter:township_notice_result:no_objection"),
    *("desk:forwarding:opened", "counter:forwarding:forwarded"),
    "procedure:assessment:eligible",
    *("desk:county_review:opened", "counter:county_review:propose_approval"),
    *("desk:county_approval:opened", "counter:county_approval:approve"),
    *("desk:county_notice:opened", "counter:county_notice:posted"),
    *("desk:county_notice_result:opened", "counter:county_notice_result:no_objection"),
    "procedure:payment:payable",
    *("desk:payment_request:opened", "counter:payment_request:submit"),
    *("desk:finance_review:opened", "counter:finance_review:approve"),
    *("desk:transfer:opened", "counter:transfer:confirmed"),
    "procedure:payment:booked",
]


async def test_case_is_paid_at_the_end_of_the_main_path(counter: Counter) -> None:
    case = await Case.file(counter)
    way = []
    for kind, outcome, fields, day in MAIN_PATH:
        task = await case.task(kind)
        way.append((await case.status(), kind, task["due"]["nominal"]))
        await case.done(kind, outcome, fields, done_on=day)
    seen = await case.until_status("paid")

    assert tuple(way) == WAY
    assert [entry["tag"] for entry in seen["timeline"]] == TAGS
    assert seen["open_tasks"] == []
    assert seen["accepted_on"] == "2025-01-08"
    assert [(one["level"], one["posted_on"], one["last_day"], one["result"]) for one in seen["publicity"]] == [
        ("township", "2025-01-16", "2025-01-23", "no_objection"),
        ("county", "2025-02-11", "2025-02-18", "no_objection"),
    ]
    # Base 24,731.00 − deductible 25 % × 30,924.00 = 7,731.00 → 17,000.00 × 60 % = 10,200.00; cap 40,000.00, unused.
    assert seen["decision"]["amount"] == "10200.00"
    assert seen["decision"]["base"] == "24731.00"
    assert seen["decision"]["final"] is True
    assert seen["payment"] == {
        "id": seen["payment"]["id"],
        "status": "confirmed",
        "status_label": seen["payment"]["status_label"],
        "amount": "10200.00",
        "payee_kind": "person",
        "submitted_on": "2025-02-20",
        "finance_approved_on": "2025-02-25",
        "transferred_on": "2025-02-27",
        "attempts": [
            {
                "no": 1,
                "state": "confirmed",
                "state_label": "已支付",
                "payee_kind": "person",
                "released_on": None,
                "ended_on": "2025-02-27",
                "reason": None,
                "reason_label": None,
            }
        ],
    }
