"""The register of liaisons (C-19): who keeps which entry, what history stays, who reads the names, who is missing."""

from datetime import date, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from activities.correspondence import Correspondence
from activities.liaisons import find_unnamed, remind
from policy.deadlines import SHANGHAI
from runtime.folder import DataFolder
from store.accounts import AccessLogRow, AccountRow
from store.base import Base
from store.database import WHOLE, Database
from store.findings import FindingRow
from store.liaisons import LiaisonRow
from store.notices import NoticeRow
from store.paging import encode
from store.reference import ParameterRow
from store.rulebook import load_rulebook
from tests.api.conftest import MORNING, Counter
from tests.notifications.pdf_text import words_of

COUNTY, NEIGHBOUR = "140522", "140827"
CIVIL, CITY_CIVIL = f"county.civil_affairs.caseworker@{COUNTY}", "city.civil_affairs.supervisor@1405"
BUREAU, BUREAU_HEAD = (f"county.medical_insurance.{role}@{COUNTY}" for role in ("caseworker", "supervisor"))
NEIGHBOURS_FINANCE, NEIGHBOURS_HEALTH = (f"county.{one}.caseworker@{NEIGHBOUR}" for one in ("finance", "health"))
PROVINCE = "province.medical_insurance.supervisor@14"
ENTRY = {
    "lead_office": "社会救助科",
    "liaison": "赵一",
    "liaison_phone": "13800000001",
    "cooperating_office": "信息中心",
    "starts_on": "2025-03-01",
}


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert [one for one in differences if "liaison" in repr(one) or "finding" in repr(one)] == []


async def test_the_register_forces_its_walls(worker: Database) -> None:
    asked = text("select relname from pg_class where relname = 'liaison' and relrowsecurity and relforcerowsecurity")
    async with worker.transaction(WHOLE) as session:
        assert list(await session.scalars(asked)) == ["liaison"]


async def test_a_department_keeps_its_own_and_a_change_ends_the_entry_before(
    counter: Counter, worker: Database
) -> None:
    first = await entered(counter, CIVIL, ENTRY | {"department": "civil_affairs"}, key="once")
    assert await entered(counter, CIVIL, ENTRY | {"department": "civil_affairs"}, key="once") == first
    again = await counter.as_(CIVIL, "POST", "/liaisons", json=ENTRY | {"department": "civil_affairs"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/liaison-named-already")
    other = await counter.as_(CIVIL, "POST", "/liaisons", json=ENTRY | {"department": "health"})
    assert other.status_code == 403
    for_civil = await counter.as_(BUREAU_HEAD, "POST", "/liaisons", json=ENTRY | {"department": "civil_affairs"})
    assert for_civil.status_code == 403, "they have accounts of their own"

    changed = ENTRY | {"liaison": "钱 二", "starts_on": "2025-05-01"}
    second = (await counter.as_(CIVIL, "POST", f"/liaisons/{first}/changes", json=changed)).json()["id"]
    shown = (await counter.as_(CIVIL, "GET", f"/liaisons/{second}")).json()
    assert [(one["liaison"], one["starts_on"], one["ends_on"]) for one in shown["history"]] == [
        ("钱二", "2025-05-01", None),
        ("赵一", "2025-03-01", "2025-04-30"),
    ]
    assert (shown["state"], shown["replaces"]) == ("coming", first)
    too_late = await counter.as_(CIVIL, "POST", f"/liaisons/{first}/changes", json=changed | {"liaison": "孙三"})
    assert (too_late.status_code, too_late.json()["type"]) == (409, "/problems/liaison-ended")
    corrected = changed | {"liaison": "李四"}
    third = (await counter.as_(CIVIL, "POST", f"/liaisons/{second}/changes", json=corrected)).json()["id"]
    history = (await counter.as_(CIVIL, "GET", f"/liaisons/{third}")).json()["history"]
    assert [(one["liaison"], one["void"]) for one in history] == [("李四", False), ("钱二", True), ("赵一", False)]
    ended = await counter.as_(CIVIL, "POST", f"/liaisons/{third}/end", json={"last_day": "2025-08-31"})
    assert ended.status_code == 204
    assert (
        await counter.as_(CIVIL, "POST", f"/liaisons/{third}/end", json={"last_day": "2025-09-01"})
    ).status_code == 409
    async with worker.transaction(WHOLE) as session:
        kept = (await session.scalars(select(LiaisonRow).where(LiaisonRow.division == COUNTY))).all()
        assert not any(name.encode() in row.sealed for row in kept for name in ("赵一", "13800000001"))
        looks = await session.scalars(select(AccessLogRow.purpose).where(AccessLogRow.subject_id == kept[0].id))
        assert set(looks) == {"liaison.view"}


async def test_what_is_wrong_with_an_entry_is_said_field_by_field(counter: Counter) -> None:
    wrong = ENTRY | {
        "department": "civil_affairs",
        "liaison": " ",
        "liaison_phone": "电话号码一二三",
        "ends_on": "2025-02-28",
        "substitute": "代理人",
        "substitute_from": "2025-03-05",
    }
    refused = (await counter.as_(CITY_CIVIL, "POST", "/liaisons", json=wrong)).json()
    assert [one["pointer"] for one in refused["errors"]] == ["/liaison", "/liaison_phone", "/ends_on", "/substitute"]
    outside = ENTRY | {
        "department": "civil_affairs",
        "substitute": "代理人",
        "substitute_from": "2025-02-27",
        "substitute_until": "2025-03-05",
    }
    refused = (await counter.as_(CITY_CIVIL, "POST", "/liaisons", json=outside)).json()
    assert [one["pointer"] for one in refused["errors"]] == ["/substitute_from"]


async def test_names_are_whole_for_those_next_to_the_office_and_masked_for_the_others(counter: Counter) -> None:
    one = await entered(counter, NEIGHBOURS_FINANCE, ENTRY | {"department": "finance"})
    whole, hidden = ("赵一", "13800000001"), ("赵*", "138****0001")
    seen = {
        NEIGHBOURS_FINANCE: whole,
        f"county.medical_insurance.caseworker@{NEIGHBOUR}": whole,
        f"county.civil_affairs.leader@{NEIGHBOUR}": whole,
        "province.finance.supervisor@14": hidden,
        "province.medical_insurance.supervisor@14": hidden,
    }
    for username, expected in seen.items():
        shown = (await counter.as_(username, "GET", f"/liaisons/{one}")).json()
        assert ((shown["liaison"], shown["liaison_phone"]), shown["masked"]) == (expected, expected == hidden), username
    assert (await counter.as_(CIVIL, "GET", f"/liaisons/{one}")).status_code == 404, "another county"
    city = await entered(counter, CITY_CIVIL, ENTRY | {"department": "civil_affairs"})
    assert (await counter.as_(CIVIL, "GET", f"/liaisons/{city}")).json()["liaison"] == "赵一"
    assert (await counter.as_("province.civil_affairs.leader@14", "GET", f"/liaisons/{city}")).json()[
        "liaison"
    ] == "赵一"
    assert (await counter.as_(BUREAU_HEAD, "GET", f"/liaisons/{city}")).json()["liaison"] == "赵*"
    administrator = await counter.as_("county.medical_insurance.administrator@140522", "GET", "/liaisons")
    assert administrator.status_code == 403


async def test_the_list_is_filtered_by_place_and_never_by_a_persons_name(counter: Counter) -> None:
    found = (await counter.as_("province.medical_insurance.auditor@14", "GET", "/liaisons?q=垣曲")).json()["items"]
    assert [(one["office"], one["liaison"]) for one in found] == [("垣曲县财政局", "赵*")]
    assert (await counter.as_(CIVIL, "GET", "/liaisons?q=13800000001380")).status_code == 422
    level = (await counter.as_(CITY_CIVIL, "GET", "/liaisons?level=city&department=civil_affairs")).json()["items"]
    assert [one["division"] for one in level] == ["1405"]
    every = (await counter.as_(CIVIL, "GET", "/liaisons?state=all&limit=2")).json()
    rest = (await counter.as_(CIVIL, "GET", f"/liaisons?state=all&limit=200&cursor={every['next']}")).json()
    ids = [one["id"] for one in (*every["items"], *rest["items"])]
    assert len(ids) == len(set(ids)) >= 4
    wrong = await counter.as_(CIVIL, "GET", f"/liaisons?cursor={encode([COUNTY, 'health', 'nobody'])}")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/bad-cursor")


async def test_the_list_of_one_line_leaves_as_the_offices_paper(counter: Counter) -> None:
    paper = await counter.as_(CITY_CIVIL, "GET", "/liaisons/list.pdf?level=city")
    assert paper.status_code == 200, paper.text
    words = words_of(paper.content)
    assert "晋城市医疗救助对象信息共享专项工作人员名单" in words
    assert "条线：民政部门" in words
    assert "1晋城市晋城市民政局社会救助科赵一13800000001信息中心" in words
    book = await counter.as_(CITY_CIVIL, "GET", "/liaisons/list.xlsx")
    assert book.content.startswith(b"PK")
    auditor = await counter.as_("province.medical_insurance.auditor@14", "GET", "/liaisons/list.pdf")
    assert auditor.status_code == 403


async def test_who_names_nobody_is_found_once_until_somebody_is_named(counter: Counter, worker: Database) -> None:
    first = date(2025, 4, 1)

    async def found(division: str) -> set[str]:
        async with worker.transaction(WHOLE) as session:
            rulebook = await load_rulebook(session, division, first)
            return {one.about for one in await find_unnamed(session, rulebook, first, MORNING)}

    async with worker.transaction(WHOLE) as session:
        assert await found("140524") == {"medical_insurance", "civil_affairs"}, "C-19 names those two"
        partners = {"value": ["agriculture", "veterans_affairs", "health"], "unit": "list", "clause": "C-19"}
        told = {"document": "虚构文件", "basis": "local", "note": "", "version": 1, "source": "counter"}
        since = {"effective_from": date(2025, 3, 1), "entered_at": MORNING}
        session.add(ParameterRow(key="LIAISON_PARTNERS", division=NEIGHBOUR, **partners, **told, **since))
    every = {"medical_insurance", "civil_affairs", "agriculture", "veterans_affairs", "health"}
    assert await found(NEIGHBOUR) == await found(NEIGHBOUR) == every
    async with worker.transaction(WHOLE) as session:
        asked = select(FindingRow).where(FindingRow.division == NEIGHBOUR, FindingRow.kind == "no_liaison")
        assert len((await session.scalars(asked)).all()) == len(every)
    assert await found("1408") == {"medical_insurance", "civil_affairs"}, "partners are asked where there is a month"
    lacking = (await counter.as_(PROVINCE, "GET", f"/liaisons/missing?division={NEIGHBOUR}")).json()["items"]
    assert {(one["department"], one["clause"]) for one in lacking} == {(code, "C-19") for code in every}
    await entered(counter, NEIGHBOURS_HEALTH, ENTRY | {"department": "health"})
    assert await found(NEIGHBOUR) == every - {"health"}
    settled = await counter.as_(PROVINCE, "GET", f"/findings?division={NEIGHBOUR}&kind=no_liaison&state=settled")
    assert [(one["about"], one["settled_by"]) for one in settled.json()["items"]] == [("health", None)]


async def test_an_office_without_a_supervisor_is_reminded_by_its_caseworker_who_may_enter_it(
    counter: Counter, worker: Database, migrated: DataFolder
) -> None:
    caseworker, supervisor = (f"county.agriculture.{role}@{NEIGHBOUR}" for role in ("caseworker", "supervisor"))
    one = await entered(counter, caseworker, ENTRY | {"department": "agriculture", "ends_on": "2025-12-31"})
    engine = create_engine(migrated.database_url("migration"))
    held = text("update account set active = :active where username = :name")
    with engine.begin() as connection:
        connection.execute(held, {"active": False, "name": supervisor})
    async with worker.transaction(WHOLE) as session:
        await remind(session, Correspondence("http://test", 5), datetime(2025, 12, 20, 9, tzinfo=SHANGHAI))
        asked = select(AccountRow.username).join(NoticeRow, NoticeRow.account_id == AccountRow.id)
        told = await session.scalars(asked.where(NoticeRow.occasion.startswith(f"liaison_ending/{one}")))
        assert list(told) == [caseworker]
    with engine.begin() as connection:
        connection.execute(held, {"active": True, "name": supervisor})
    engine.dispose()


async def test_the_office_is_reminded_once_that_its_term_ends_and_no_mail_names_anybody(
    counter: Counter, worker: Database
) -> None:
    ending = ENTRY | {"department": "medical_insurance", "ends_on": "2025-04-30"}
    one = await entered(counter, BUREAU, ending)
    letters = Correspondence("http://test", 5)
    early, due = datetime(2025, 3, 30, 9, tzinfo=SHANGHAI), datetime(2025, 3, 31, 9, tzinfo=SHANGHAI)
    for now, told in ((early, 0), (due, 1), (due, 1)):
        async with worker.transaction(WHOLE) as session:
            await remind(session, letters, now)
            asked = select(NoticeRow).where(NoticeRow.occasion.startswith(f"liaison_ending/{one}"))
            notices = (await session.scalars(asked)).all()
            assert len(notices) == told
    assert notices[0].variables["office"] == "阳城县医疗保障局"
    assert "赵一" not in str(notices[0].variables)
    after = {**ENTRY, "liaison": "周五", "starts_on": "2025-05-01"}
    assert (await counter.as_(BUREAU, "POST", f"/liaisons/{one}/changes", json=after)).status_code == 201
    async with worker.transaction(WHOLE) as session:
        assert await remind(session, letters, datetime(2025, 4, 5, 9, tzinfo=SHANGHAI)) == 0


async def entered(counter: Counter, username: str, body: dict[str, str], key: str | None = None) -> str:
    headers = {"Idempotency-Key": key} if key else {}
    made = await counter.as_(username, "POST", "/liaisons", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
