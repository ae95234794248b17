"""Signing in: one answer for every failure, sessions that end, and a pause after too many tries."""

import asyncio
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select

import api.identity
from api.app import create_app
from api.services import Services
from store.accounts import SessionRow
from store.database import WHOLE, Database
from store.demonstration import PASSWORD
from tests.api.conftest import (
    CASEWORKER,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    SUPERVISOR,
    Counter,
    SystemTime,
)


async def sign_in(http: httpx2.AsyncClient, username: str = CASEWORKER, password: str = PASSWORD) -> httpx2.Response:
    return await http.post("/api/v1/sessions", json={"username": username, "password": password})


async def test_signing_in_tells_who_one_is(http: httpx2.AsyncClient) -> None:
    user = (await sign_in(http)).json()["user"]
    assert user["role"] == "caseworker"
    assert user["department"] == "township_government"
    assert user["division"] == "140522100"
    assert user["level"] == "township"


async def test_an_unknown_name_and_a_wrong_password_are_answered_alike(http: httpx2.AsyncClient) -> None:
    unknown = await sign_in(http, username="nobody@14")
    wrong = await sign_in(http, password="wrong")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert unknown.json()["title"] == "账号或口令不正确"


async def test_after_five_failures_a_name_must_wait(services: Services, system_time: SystemTime) -> None:
    transport = httpx2.ASGITransport(app=create_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url="http://counter.test") as http:
        for _ in range(5):
            assert (await sign_in(http, password="wrong")).status_code == 401
        assert (await sign_in(http)).status_code == 429
        system_time.passed = timedelta(minutes=6)
        assert (await sign_in(http)).status_code == 200


async def test_guesses_sent_all_at_once_are_no_more_than_guesses_one_by_one(services: Services) -> None:
    transport = httpx2.ASGITransport(app=create_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url="http://counter.test") as http:
        answers = await asyncio.gather(*(sign_in(http, password=f"wrong {number}") for number in range(12)))
        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["type"] == "/problems/attempts-under-way"
        assert refused.headers["retry-after"] == "2"
        assert (await sign_in(http)).json()["type"] == "/problems/too-many-attempts"


async def test_several_people_and_one_at_several_machines_sign_in_at_once(http: httpx2.AsyncClient) -> None:
    names = [CASEWORKER] * 3 + [SUPERVISOR, COUNTY_CASEWORKER, COUNTY_SUPERVISOR]
    answers = await asyncio.gather(*(sign_in(http, name) for name in names))
    assert [answer.status_code for answer in answers] == [200] * 6


async def test_too_many_sign_ins_at_once_are_told_to_come_back(
    http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.identity, "MOST_AT_ONCE", 2)
    answers = await asyncio.gather(*(sign_in(http, f"nobody{number}@14") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [401, 401, 503, 503, 503]
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert busy.json()["type"] == "/problems/sign-in-busy"
    assert (await sign_in(http)).status_code == 200


async def test_only_the_hash_of_a_token_is_kept(http: httpx2.AsyncClient, database: Database) -> None:
    token = (await sign_in(http)).json()["token"]
    async with database.transaction(WHOLE) as session:
        kept = (await session.scalars(select(SessionRow.token_hash))).all()
    assert kept
    assert token.encode() not in kept


async def test_without_a_session_nothing_is_answered(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/tasks")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/sign-in-needed"


async def test_signing_out_ends_the_session(http: httpx2.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {(await sign_in(http)).json()['token']}"}
    assert (await http.delete("/api/v1/sessions", headers=headers)).status_code == 204
    assert (await http.get("/api/v1/tasks", headers=headers)).status_code == 401


async def test_a_session_ends_when_nothing_was_done_for_a_while(
    http: httpx2.AsyncClient, system_time: SystemTime
) -> None:
    headers = {"Authorization": f"Bearer {(await sign_in(http)).json()['token']}"}
    system_time.passed = timedelta(minutes=29)
    assert (await http.get("/api/v1/tasks", headers=headers)).status_code == 200
    system_time.passed = timedelta(minutes=60)
    assert (await http.get("/api/v1/tasks", headers=headers)).status_code == 401


async def test_a_session_ends_after_its_whole_length_however_busy(
    http: httpx2.AsyncClient, system_time: SystemTime
) -> None:
    headers = {"Authorization": f"Bearer {(await sign_in(http)).json()['token']}"}
    for minutes in range(20, 12 * 60, 20):
        system_time.passed = timedelta(minutes=minutes)
        assert (await http.get("/api/v1/sessions/current", headers=headers)).status_code == 200
    system_time.passed = timedelta(hours=12, minutes=1)
    assert (await http.get("/api/v1/sessions/current", headers=headers)).status_code == 401


async def test_a_cookie_is_taken_only_from_our_own_pages(http: httpx2.AsyncClient, counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    token = (await sign_in(http)).json()["token"]
    cookie = {"Cookie": f"jiuzhu_session={token}"}
    path = f"/api/v1/tasks/{task}/claim"
    elsewhere: tuple[dict[str, str], ...] = (
        {"Origin": "http://evil.test"},
        {"Referer": "http://evil.test/page"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    )
    for headers in elsewhere:
        assert (await http.post(path, headers={**cookie, **headers})).status_code == 403
    for headers in ({"Origin": "http://counter.test"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}):
        assert (await http.post(path, headers={**cookie, **headers})).status_code == 200
