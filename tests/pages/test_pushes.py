"""A push and what comes of it through the pages, without script: released, acknowledged, screened, asked for, looked at."""

import asyncio
from collections.abc import Awaitable, Callable

from runtime.embedded.stack import Stack
from runtime.months import open_by_hand
from runtime.story.counter import Counter
from tests.casework import id_number
from tests.pages.conftest import SignedIn
from tests.pages.posts import CIVIL_AFFAIRS, COUNTY_CASEWORKER, COUNTY_SUPERVISOR, FINANCE_CASEWORKER
from tests.pages.visitor import Shown

TRIES = 200
PROVINCE = "province.medical_insurance.supervisor@14"
NUMBER = id_number("140522", "19470707", 7)
BURDENS = f"姓名,身份证号码,城乡属性,参保险种,个人年度累计负担\n页试甲,{NUMBER},城镇,居民医保,23456.78"


async def test_a_list_goes_from_the_bureau_to_civil_affairs_and_leads_to_the_person(
    stack: Stack, counter: Counter, visiting: SignedIn
) -> None:
    await open_by_hand(stack.settings, "2025-03", "140522", lambda _line: None)
    handed = await counter.hand_in(
        COUNTY_CASEWORKER, "/api/v1/uploads", {"kind": "burden", "month": "2025-02"}, ("负担.csv", BURDENS.encode())
    )
    assert handed.status == 202, handed.content
    path = f"/pushes/{await _push(counter)}"
    bureau, civil = await visiting(COUNTY_SUPERVISOR), await visiting(CIVIL_AFFAIRS)
    shown = await sooner_or_later(lambda: bureau.get(path), waits_here)
    assert ("页**" in shown.text, "23,456.78" in shown.text, NUMBER in shown.html) == (True, True, False)
    assert "页试甲" not in (await civil.get(path)).text, "not before it is pushed"
    await bureau.post(shown, _answer_form(shown), having="outcome=released")
    received = await sooner_or_later(lambda: civil.get(path), waits_here)
    assert "页试甲" in received.text
    await civil.post(received, _answer_form(received), having="outcome=acknowledged")
    inbox = await sooner_or_later(
        lambda: civil.get("/recognitions?list=falling_into"), lambda page: NUMBER in page.html
    )
    assert "成批反馈" in inbox.text
    person = await civil.get(_link(inbox, "/recognitions/"))
    assert ("23,456.78" in person.text, "初筛" in person.text) == (True, True)
    again = await civil.post(person, f"{person.address.partition('?')[0][len(stack.api_url) :]}/settlement-requests")
    assert (again.status, "“申请理由”必须填写" in again.text) == (422, True)
    asked = await civil.post(
        again,
        f"{person.address[len(stack.api_url) :]}/settlement-requests",
        {"reason": "核对医疗支出", "legal_basis": "认定办法"},
    )
    assert ("核对医疗支出" in asked.text, "待答复" in asked.text) == (True, True)
    chain = await civil.get(_link(person, "/people/"))
    assert ("尚未闭环" in chain.text, "页试甲" in chain.text) == (True, True)
    above = await visiting(PROVINCE)
    asks = await above.get(chain.address[len(stack.api_url) :])
    assert ("查看理由" in asks.text, "页*" in asks.text, "页试甲" in asks.text) == (True, False, False)
    told = await above.post(asks, chain.address[len(stack.api_url) :], {"reason": "核查信访件"})
    assert ("页**" in told.text, "页试甲" in told.text) == (True, False)
    numbers_only = await above.get(path)
    assert "本级以上只显示人数" in numbers_only.text
    assert (await (await visiting(FINANCE_CASEWORKER)).get("/pushes")).status == 403


async def sooner_or_later(look: Callable[[], Awaitable[Shown]], there: Callable[[Shown], bool]) -> Shown:
    """The page, once the procedure has come so far."""
    for _ in range(TRIES):
        shown = await look()
        if there(shown):
            return shown
        await asyncio.sleep(0.2)
    raise AssertionError(f"never came to it: {shown.address}")


def waits_here(page: Shown) -> bool:
    """Something on the page waits for whoever looks at it."""
    return 'action="/tasks/' in page.html


async def _push(counter: Counter) -> str:
    found = await counter.ask(COUNTY_CASEWORKER, "GET", "/api/v1/pushes?month=2025-02&division=140522")
    return str(found.content["items"][0]["id"])


def _answer_form(shown: Shown) -> str:
    return _link(shown, "/tasks/", 'action="').partition("?")[0]


def _link(shown: Shown, beginning: str, attribute: str = 'href="') -> str:
    """The first address on the page that begins so and names something."""
    for part in shown.html.split(attribute)[1:]:
        address = part.partition('"')[0]
        if address.startswith(beginning) and len(address) > len(beginning):
            return address
    raise AssertionError(f"no {beginning} on {shown.address}")
