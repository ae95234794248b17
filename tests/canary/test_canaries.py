"""I7: canary persons appear nowhere outside the encrypted columns and files, and the search would have found them."""

import base64
import gzip
import re
import sqlite3
import stat
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

import httpx2
import psycopg
import pytest
import pytest_asyncio
from temporalio.client import Client

from runtime.demo_people import COUNTY_DESK, FINANCE_HEAD, MAIN_PATH, TOWN, TOWN_DESK, TOWN_HEAD, Act
from runtime.embedded.stack import Stack
from runtime.temporal import connect
from store.demonstration import PASSWORD
from tests.canary import birds
from tests.canary.birds import ID_NUMBER, KEY, MARK, NAME, PHONE, WORD, said
from tests.canary.places import Find, Search, keep_uncompressed, written_out
from tests.casework import Case, Office

NO_MONTHS = {"JIUZHU_MONTHS": "false"}
"""Cases alone: the months of 129 divisions would be under way beside them."""
CIVIL_AFFAIRS = "county.civil_affairs.caseworker@140522"
DESK, HEAD = TOWN_DESK.format(town=TOWN), TOWN_HEAD.format(town=TOWN)

TYPED: dict[str, dict[str, Any]] = {
    "survey": {
        "illness": said("患病"),
        "household_economy": said("经济"),
        "surveyors": [f"{NAME}甲", f"{NAME}乙"],
        "village_helper": f"{MARK}村 {NAME}",
        "conclusion": said("结论"),
    },
    "township_review": {"opinion": said("意见")},
    "township_notice": {"place": said("公示栏")},
    "township_notice_result": {"note": said("说明")},
    "county_review": {"opinion": said("意见")},
    "county_approval": {"opinion": said("意见")},
    "county_notice": {"place": said("公示栏")},
    "county_notice_result": {"note": said("说明")},
    "payment_request": {"opinion": said("意见")},
    "finance_review": {"opinion": said("意见")},
    "transfer": {"bank_receipt": birds.RECEIPT},
}
REFUSED = (
    *MAIN_PATH[:2],
    Act("township_review", "not_eligible", 0, TOWN_HEAD, (("provisions", ["A-39"]), ("reason", said("理由")))),
    Act("refusal_notice", "issued", 1, TOWN_DESK),
    Act("delivery", "failed", 1, TOWN_DESK, (("reason", said("原因")),)),
    Act("delivery", "delivered", 1, TOWN_DESK, (("method", "in_person"), ("recipient", NAME))),
)
WITHDRAWN = (
    Act("acceptance", "ask_supplement", 1, TOWN_DESK, (("missing", ["diagnosis"]), ("note", said("补正")))),
    Act("supplement", "withdrawn", 1, TOWN_DESK, (("reason", said("撤回")),)),
)


@dataclass
class Scene:
    """A stack in which the canaries have been typed everywhere."""

    stack: Stack
    search: Search
    temporal: Client
    metrics: bytes
    statuses: list[int]


@pytest_asyncio.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with Stack(tmp_path_factory.mktemp("canary") / "data", demo=True, up=True, env=NO_MONTHS) as stack:
        keep_uncompressed(_plain(stack, "postgres"))
        office = Office(stack.api_url)
        async with httpx2.AsyncClient(base_url=stack.api_url, timeout=30, trust_env=False) as http:
            await _typed_rightly(office, http)
            await _handed_in(http)
            statuses = await _typed_wrongly(stack, office, http)
            statuses += await _typed_into_pages(stack)
            statuses += await _typed_into_a_fault(stack, office, http)
            metrics = (await http.get("/metrics")).content
        await office.close()
        written_out(_plain(stack, "postgres"))
        yield Scene(stack, Search(birds.CANARIES), await connect(stack.settings), metrics, statuses)


async def _typed_rightly(office: Office, http: httpx2.AsyncClient) -> None:
    """One case to the payment, one to the delivered refusal, one withdrawn; what was typed can be read by its officers."""
    bearer = await _bearer(http, DESK)
    acts = [replace(act, fields=tuple(TYPED.get(act.kind, {}).items())) for act in MAIN_PATH]
    for number, path, status in ((1, acts, "paid"), (2, REFUSED, "rejected"), (3, WITHDRAWN, "withdrawn")):
        papers = [await _upload(http, bearer) for _paper in range(5)]
        case = await office.file({**birds.bird(number, papers), "paper_reason": said("补录")}, path)
        while case.acts:
            await office.act(case, comment=said("备注"), paper_reason=said("补录"))
        await _reaches(office, case, status)
        if status == "paid":
            shown = await office.ask(COUNTY_DESK, "GET", f"/api/v1/applications/{case.id}")
            assert NAME in str(shown.content)
            paper = await http.get(f"/api/v1/files/{papers[0]}", headers=bearer)
            assert paper.content == birds.PAPER
    sought = {"name": NAME, "id_number": ID_NUMBER, "purpose": said("事由")}
    found = await office.ask(DESK, "POST", "/api/v1/people/search", sought)
    assert len(found.content["items"]) == 1


async def _handed_in(http: httpx2.AsyncClient) -> None:
    """Tables with the canary person: rows taken in, known already and returned for every reason; a file that is none."""
    header = "姓名,身份证号码,对象类别,开始日期,名单提供日期,证明文号"
    good = f"{NAME},{ID_NUMBER},低保对象,2025-01-01,2025-02-01,{WORD}"
    wrong = (
        f"{MARK},{ID_NUMBER},低保,{PHONE},{NAME},{WORD}",
        f"{WORD}{MARK},{ID_NUMBER},低保,2025-01-01,2025-02-01,{KEY}",
        f"{NAME},{NAME},{MARK},2025-01-01,2025-02-01,{WORD}",
        f"=A1,{ID_NUMBER}7,YF,2025-01-01,2025-02-01,{WORD}",
    )
    bearer = await _bearer(http, CIVIL_AFFAIRS)
    for content, rows in (
        ("\r\n".join((f"{NAME}名单 {PHONE}", header, good, good, *wrong)), (1, 4, 1)),
        (f"{NAME},{MARK}\r\n{ID_NUMBER},{PHONE}", (0, 0, 0)),
    ):
        answer = await http.post(
            "/api/v1/uploads",
            data={"kind": "identity"},
            files={"file": (f"{NAME}.csv", content.encode())},
            headers=bearer,
        )
        seen = await _finished(http, bearer, answer.json()["id"])
        assert tuple(seen["rows"][fate] for fate in ("accepted", "returned", "duplicate")) == rows, seen
        assert seen["file"] == f"{NAME}.csv"
        receipt = await http.get(f"/api/v1/uploads/{seen['id']}/receipt.xlsx", headers=bearer)
        assert receipt.status_code == (200 if rows[1] else 409)


async def _finished(http: httpx2.AsyncClient, bearer: dict[str, str], upload: str) -> dict[str, Any]:
    for _look in range(1200):
        seen = (await http.get(f"/api/v1/uploads/{upload}", headers=bearer)).json()
        if seen["state"] in ("done", "refused"):
            return dict(seen)
    raise AssertionError(f"upload {upload} is not finished")


async def _typed_wrongly(stack: Stack, office: Office, http: httpx2.AsyncClient) -> list[int]:
    """Errors of every kind, each with canaries in it; returns the statuses."""
    papers = [str(uuid.uuid4()) for _paper in range(5)]
    wrong = birds.bird(4, papers)
    wrong |= {"division": MARK, "category": NAME, MARK: NAME, "submitted_on": NAME, "paper_reason": said("原因")}
    wrong["costs"] = {**wrong["costs"], "total": MARK, "settled_on": ID_NUMBER}
    waiting = await office.file(birds.bird(5, [await _upload(http, await _bearer(http, DESK)) for _ in papers]), ())
    task = await office.task(waiting, "acceptance", DESK)
    answer = f"/api/v1/tasks/{task}/answer"
    replies = [
        await office.ask(DESK, "POST", "/api/v1/applications", wrong),
        await office.ask(DESK, "POST", "/api/v1/applications", birds.bird(5, papers)),
        await office.ask(DESK, "POST", "/api/v1/applications", birds.bird(1, papers)),
        await office.ask(DESK, "POST", answer, {"outcome": NAME}),
        await office.ask(DESK, "POST", answer, {"outcome": "accept", MARK: NAME, "done_on": ID_NUMBER}),
        await office.ask(DESK, "POST", answer, {"outcome": "accept", "fields": {MARK: NAME}, "comment": said("备注")}),
        await office.ask(DESK, "POST", answer, {"outcome": "refuse", "fields": {"provisions": [NAME], "reason": MARK}}),
        await office.ask(HEAD, "POST", answer, {"outcome": "accept", "comment": NAME}),
        await office.ask(DESK, "POST", f"/api/v1/tasks/{MARK}/answer", {"outcome": NAME}),
        await office.ask(DESK, "GET", f"/api/v1/tasks?q={NAME}&kind={MARK}"),
        await office.ask(DESK, "GET", f"/api/v1/applications?q={ID_NUMBER}"),
        await office.ask(DESK, "GET", f"/api/v1/applications?cursor={KEY}&division={MARK}"),
        await office.ask(DESK, "GET", f"/api/v1/people/{NAME}?id={ID_NUMBER}"),
        await office.ask(DESK, "GET", f"/api/v1/{MARK}/{ID_NUMBER}?phone={PHONE}"),
        await office.ask(DESK, "DELETE", f"/api/v1/files/{NAME}"),
        await office.ask(FINANCE_HEAD, "POST", "/api/v1/people/search", {"name": NAME, "purpose": NAME}),
        await office.ask(None, "POST", "/api/v1/sessions", {"username": NAME, "password": ID_NUMBER}),
        # A name that no database column can hold.
        await office.ask(None, "POST", "/api/v1/sessions", {"username": f"{NAME}\0{WORD}", "password": ID_NUMBER}),
    ]
    bearer = await _bearer(http, DESK)
    plain = [
        await http.post("/api/v1/applications", content=f'{{"name": "{NAME}"'.encode(), headers=bearer),
        await http.post("/api/v1/files", files={"file": (birds.PAPER_NAME, NAME.encode())}, headers=bearer),
        await http.post("/api/v1/files", content=NAME.encode(), headers=bearer),
        await http.post("/sign-in", data={"username": NAME, "password": ID_NUMBER}),
        await http.get("/tasks", params={"q": NAME}, headers={"User-Agent": KEY, "Referer": f"/{KEY}"}),
        await http.get(f"/{MARK}/{ID_NUMBER}", params={"name": NAME}),
        await http.get("/api/v1/tasks", headers={"Authorization": f"Bearer {KEY}", "Cookie": f"jiuzhu_session={KEY}"}),
    ]
    with psycopg.connect(_plain(stack, "postgres"), autocommit=True) as database:  # nobody foresees a torn seal
        database.execute("update application set applicant_sealed = payee_sealed where id = %s", (waiting.id,))
    replies.append(await office.ask(COUNTY_DESK, "GET", f"/api/v1/applications/{waiting.id}"))
    return [*(reply.status or 0 for reply in replies), *(answer.status_code for answer in plain)]


async def _typed_into_pages(stack: Stack) -> list[int]:
    """The same forms as people see them, whole and wrong: what was typed comes back on the page and is kept nowhere."""
    answers = []
    async with httpx2.AsyncClient(base_url=stack.api_url, timeout=30, trust_env=False) as browser:
        await browser.post("/sign-in", data={"username": DESK, "password": PASSWORD})
        drawn = (await browser.get("/applications/new")).text
        csrf = re.findall(r'name="csrf" value="([^"]+)"', drawn)[0]
        typed = {
            "csrf": csrf,
            "category": "GXZC",
            "applicant.name": NAME,
            "applicant.id_number": f"{ID_NUMBER}9",
            "applicant.phone": PHONE,
            "applicant.address": said("住址"),
            "costs.total": MARK,
            "costs.settlement_no": birds.SETTLEMENT,
            "payee.account": birds.ACCOUNT,
        }
        paper = {"documents.0.upload": (birds.PAPER_NAME, birds.PAPER)}
        answers.append(await browser.post("/applications/new", data=typed, files=paper))
        assert NAME in answers[-1].text
        answers.append(await browser.post("/applications/new", data={**typed, "csrf": KEY}, files=paper))
        answers.append(await browser.post("/people", data={"csrf": csrf, "name": NAME, "purpose": said("事由")}))
        answers.append(await browser.get("/inbox", params={"q": NAME}))
        answers.append(await browser.get("/cases", params={"q": ID_NUMBER}))
    return [answer.status_code for answer in answers]


async def _typed_into_a_fault(stack: Stack, office: Office, http: httpx2.AsyncClient) -> list[int]:
    """The database is killed while canaries are being typed; what was sent is sent again until it is in.

    The key is a bad one, as a program might choose it: made of the person's number.
    """
    bearer = await _bearer(http, DESK)
    body = birds.bird(6, [await _upload(http, bearer) for _paper in range(5)])
    keyed = {**bearer, "Idempotency-Key": KEY, "Prefer": "wait=0"}
    stack.kill("postgres")
    statuses: list[int] = []
    for _attempt in range(600):
        answer = await http.post("/api/v1/applications", json=body, headers=keyed)
        statuses.append(answer.status_code)
        if answer.status_code == 201:
            break
    await stack.wait_restarted("postgres")
    assert statuses[-1] == 201, answer.text
    case = Case(answer.json()["id"], answer.json()["number"], TOWN, [MAIN_PATH[0]], 1)
    await office.act(case, comment=said("备注"))
    return statuses


async def test_what_was_typed_wrongly_was_refused_and_one_error_was_unforeseen(scene: Scene) -> None:
    assert {401, 404, 405, 415, 422, 500} <= set(scene.statuses)


async def test_canaries_appear_in_no_file_of_the_data_folder(scene: Scene) -> None:
    assert not list(scene.search.raw_files(scene.stack.folder.path))


async def test_canaries_appear_in_no_mail(scene: Scene) -> None:
    assert len(list(scene.stack.folder.mail.glob("*.eml"))) > 0
    assert not list(scene.search.mail(scene.stack.folder.mail))


async def test_canaries_appear_in_no_table_and_no_statistics_of_the_database(scene: Scene) -> None:
    assert not list(scene.search.postgres(_plain(scene.stack, "postgres")))


async def test_canaries_appear_in_no_cell_of_temporals_database(scene: Scene) -> None:
    assert not list(scene.search.sqlite(scene.stack.folder.temporal))


async def test_canaries_appear_in_no_history_even_to_who_has_the_codecs_keys(scene: Scene) -> None:
    assert not await scene.search.histories(scene.temporal)


async def test_canaries_appear_in_no_metric(scene: Scene) -> None:
    assert b"jiuzhu_requests" in scene.metrics
    assert not list(scene.search.within("metrics", scene.metrics))


async def test_everything_in_the_data_folder_is_its_owners_alone(scene: Scene) -> None:
    folder = scene.stack.folder
    open_to_others = [
        f"{path.relative_to(folder.path)} {stat.S_IMODE(path.lstat().st_mode):04o}"
        for path in (folder.path, *folder.path.rglob("*"))
        if stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert not open_to_others
    sealed = [path for path in folder.files.rglob("*") if path.is_file()]
    assert len(sealed) >= 25
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (folder.keyring, *sealed))


# The search can fail: a canary planted in each kind of place is found there. These run last, in the same stack.


def _plant_in_log(stack: Stack) -> None:
    with (stack.folder.logs / "api.log").open("a", encoding="gb18030") as log:
        log.write(f'{{"event": "{NAME}"}}\n')


def _plant_in_packed_log(stack: Stack) -> None:
    (stack.folder.logs / "old.log.gz").write_bytes(b"junk" + gzip.compress(f"{'0' * 100}{ID_NUMBER}".encode()))


def _plant_in_json(stack: Stack) -> None:
    (stack.folder.logs / "escaped.log").write_text(f'{{"b": "{base64.b64encode(f"..{NAME}".encode()).decode()}"}}')


def _plant_in_heap(stack: Stack) -> None:
    """Deleted, so that no query sees it any more."""
    with psycopg.connect(_plain(stack, "postgres"), autocommit=True) as database:
        database.execute("create table planted (words text, sealed bytea)")
        database.execute("insert into planted values (%s, %s)", (NAME, PHONE.encode()))
        database.execute("delete from planted")
    written_out(_plain(stack, "postgres"))


def _plant_in_compressed_value(stack: Stack) -> None:
    """A value that PostgreSQL compresses."""
    with psycopg.connect(_plain(stack, "postgres"), autocommit=True) as database:
        database.execute("create table planted_long (words text)")
        database.execute("insert into planted_long values (%s)", (said("长") * 500,))
        size = database.execute("select pg_column_size(words) from planted_long").fetchone()
    assert size is not None
    assert size[0] < 2000


def _plant_in_sealed_looking_column(stack: Stack) -> None:
    with psycopg.connect(_plain(stack, "postgres"), autocommit=True) as database:
        database.execute("create table planted_bytes (sealed bytea)")
        database.execute("insert into planted_bytes values (%s)", (NAME.encode(),))


def _plant_in_mail(stack: Stack) -> None:
    message = EmailMessage()
    message["Subject"] = f"关于{NAME}"
    message.set_content("正文" * 60 + said("邮件"), cte="base64")
    (stack.folder.mail / "99999999999999999999.eml").write_bytes(message.as_bytes())


def _plant_in_sqlite(stack: Stack) -> None:
    with closing(sqlite3.connect(stack.folder.temporal)) as database, database:
        database.execute("create table planted (words blob)")
        database.execute("insert into planted values (?)", (b"\0" * 9000 + NAME.encode("utf-16-le"),))


@pytest.mark.parametrize(
    ("plant", "look", "place"),
    [
        (_plant_in_log, lambda s: s.search.raw_files(s.stack.folder.path), "logs/api.log"),
        (_plant_in_packed_log, lambda s: s.search.raw_files(s.stack.folder.logs), "old.log.gz (compressed)"),
        (_plant_in_json, lambda s: s.search.raw_files(s.stack.folder.logs), "escaped.log"),
        (_plant_in_heap, lambda s: s.search.raw_files(s.stack.folder.postgres / "base"), ""),
        (_plant_in_heap, lambda s: s.search.raw_files(s.stack.folder.postgres / "pg_wal"), ""),
        (_plant_in_compressed_value, lambda s: s.search.postgres(_plain(s.stack, "postgres")), "table planted_long"),
        (
            _plant_in_sealed_looking_column,
            lambda s: s.search.postgres(_plain(s.stack, "postgres")),
            "table planted_bytes",
        ),
        (_plant_in_mail, lambda s: s.search.mail(s.stack.folder.mail), "mail 99999999999999999999.eml"),
        (_plant_in_sqlite, lambda s: s.search.sqlite(s.stack.folder.temporal), "temporal planted"),
    ],
)
async def test_planted_canary_is_found(
    scene: Scene, plant: Callable[[Stack], None], look: Callable[[Scene], Iterable[Find]], place: str
) -> None:
    with psycopg.connect(_plain(scene.stack, "postgres"), autocommit=True) as database:
        database.execute("drop table if exists planted")
    plant(scene.stack)
    found = [find.place for find in look(scene)]
    assert found
    assert not place or place in found


async def test_canary_planted_in_a_history_is_found_with_the_codecs_keys_and_not_without(scene: Scene) -> None:
    word = "quetzalcanary"
    await scene.temporal.start_workflow("nobody", word, id=f"planted/{uuid.uuid4()}", task_queue="nobody")
    search = Search([word])
    assert await search.histories(scene.temporal)
    assert not list(search.sqlite(scene.stack.folder.temporal))


async def _reaches(office: Office, case: Case, status: str) -> None:
    for _look in range(1200):
        if await office.status(case, DESK) == status:
            return
    raise AssertionError(f"{case.number} is not {status}")


async def _bearer(http: httpx2.AsyncClient, actor: str) -> dict[str, str]:
    answer = await http.post("/api/v1/sessions", json={"username": actor, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def _upload(http: httpx2.AsyncClient, bearer: dict[str, str]) -> str:
    answer = await http.post("/api/v1/files", files={"file": (birds.PAPER_NAME, birds.PAPER)}, headers=bearer)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["file"])


def _plain(stack: Stack, role: str) -> str:
    return stack.dsn(role).replace("+psycopg", "")
