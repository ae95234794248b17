"""Partner systems: keys made and revoked, rows handed in with the checks of files, identities fetched."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from activities.imports.registry import KINDS
from api.errors import Refusal
from api.partners.asking import MOST, WITHIN, Rate
from api.partners.rows import headers_of, index_of
from exchange.columns import plain_header
from exchange.national import Held, national, without_code
from policy.terms import Category
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.models import Base
from tests.api.conftest import COUNTY_CASEWORKER, Counter
from tests.api.test_uploads import CIVIL, IDENTITY, VETERANS, Handing, handing, identity, somebody
from tests.exchange.poison import xlsx

ADMINISTRATOR = "county.medical_insurance.administrator@140522"
ELSEWHERE = "county.civil_affairs.caseworker@140827"

__all__ = ["handing"]


async def key_for(counter: Counter, account: str, *kinds: str) -> dict[str, Any]:
    made = await counter.as_(
        ADMINISTRATOR, "POST", "/partners", json={"name": "县民政系统", "account": account, "kinds": list(kinds)}
    )
    assert made.status_code == 201, made.text
    return dict(made.json())


async def ask(http: httpx2.AsyncClient, key: str, method: str, path: str, **request: Any) -> httpx2.Response:
    return await http.request(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"}, **request)


def row(name: str, number: str, **changes: str) -> Mapping[str, str]:
    return {
        "name": name,
        "id_number": number,
        "category": "低保对象",
        "from": "2025-01-01",
        "provided_on": "2025-02-20",
        "certificate": "阳民〔2025〕3号",
    } | changes


async def test_rows_are_taken_in_and_returned_by_their_place(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing
) -> None:
    key = (await key_for(counter, CIVIL, "identity"))["key"]
    good, bad = somebody(), somebody()
    body = {"rows": [row(*good), row(bad[0], "140522196001010011"), row(*good, category="富裕人口")]}
    taken = await ask(http, key, "POST", "/partner/identity", json=body)
    assert taken.status_code == 202, taken.text
    upload = taken.json()["id"]
    assert taken.headers["location"] == f"/api/v1/partner/uploads/{upload}"
    await handing.take_in(upload)
    fate = (await ask(http, key, "GET", f"/partner/uploads/{upload}")).json()
    assert fate["rows"] == {"in": 3, "accepted": 1, "returned": 2, "duplicate": 0}
    assert fate["carrier"] == "interface"
    assert [(error["index"], error["cell"], error["code"]) for error in fate["errors"]] == [
        (1, "id_number", "bad-id-number"),
        (2, "category", "unknown-category"),
    ]
    again = await ask(http, key, "POST", "/partner/identity", json=body)
    assert (again.status_code, again.json()) == (200, {"id": upload, "duplicate": True, "before": []})


async def test_a_key_opens_only_what_it_is_for_and_nothing_once_revoked(
    counter: Counter, http: httpx2.AsyncClient
) -> None:
    made = await key_for(counter, CIVIL, "identity")
    key = made["key"]
    assert (await ask(http, key, "POST", "/partner/feedback", json={"rows": [{"name": "x"}]})).status_code == 403
    assert (await ask(http, key, "POST", "/partner/nothing", json={"rows": [{"name": "x"}]})).status_code == 404
    assert (await ask(http, key, "GET", "/tasks")).status_code == 401
    day = {"since": "2025-03-01", "until": "2025-03-31"}
    assert (await ask(http, key, "GET", "/partner/identities", params=day)).status_code == 403
    unknown = await ask(http, key, "POST", "/partner/identity", json={"rows": [{"nome": "x"}]})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/rows/0/nome")
    revoked = await counter.as_(ADMINISTRATOR, "POST", f"/partners/{made['id']}/revoke")
    assert (revoked.status_code, revoked.json()["revoked_by"]) == (200, ADMINISTRATOR)
    refused = await ask(http, key, "POST", "/partner/identity", json={"rows": [{"name": "x"}]})
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/partner-key-needed")


async def test_keys_are_made_by_an_administrator_for_what_the_account_may_do(
    counter: Counter, worker: Database
) -> None:
    asked = {"name": "县民政系统", "account": CIVIL, "kinds": ["identity"]}
    assert (await counter.as_(COUNTY_CASEWORKER, "POST", "/partners", json=asked)).status_code == 403
    elsewhere = await counter.as_(ADMINISTRATOR, "POST", "/partners", json=asked | {"account": ELSEWHERE})
    assert elsewhere.status_code == 404
    wrong = await counter.as_(ADMINISTRATOR, "POST", "/partners", json=asked | {"kinds": ["settlement"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/kinds")
    made = await key_for(counter, CIVIL, "identity")
    listed = (await counter.as_(ADMINISTRATOR, "GET", "/partners")).json()["items"]
    assert made["id"] in {item["id"] for item in listed}
    assert not any(made["key"] in str(item.values()) for item in listed)
    async with worker.transaction(WHOLE) as session:
        kept = (await session.execute(text("select key_hash from partner_key"))).scalars()
        assert made["key"].encode() not in set(kept)
        logged = await session.scalar(
            text("select count(*) from access_log where subject_id = :id and purpose = 'partner.make'"),
            {"id": uuid.UUID(made["id"])},
        )
        assert logged == 1


async def test_identities_are_fetched_by_time_and_each_look_is_logged(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing, worker: Database
) -> None:
    name, number = somebody()
    key = (await key_for(counter, CIVIL, "identity"))["key"]
    body = {"rows": [row(name, number, **{"from": "2025-01-01", "until": "2025-03-01"})]}
    upload = (await ask(http, key, "POST", "/partner/identity", json=body)).json()["id"]
    await handing.take_in(upload)
    fetching = (await key_for(counter, COUNTY_CASEWORKER, "identities"))["key"]

    async def held(since: str, until: str) -> list[dict[str, Any]]:
        found = await ask(
            http, fetching, "GET", "/partner/identities", params={"since": since, "until": until, "limit": 100}
        )
        assert found.status_code == 200, found.text
        assert "DB" in found.json()["without_national_code"] or not found.json()["items"]
        return [item for item in found.json()["items"] if item["id_number"] == number]

    assert await held("2025-03-01", "2025-03-31") == []
    [item] = await held("2025-02-28", "2025-03-31")
    assert (item["name"], item["category"], item["from"], item["until"]) == (name, "DB", "2025-01-01", "2025-03-01")
    assert item["idetinfo"] == {
        "psn_idet_type": None,
        "psn_type_lv": None,
        "memo": "低保对象",
        "begntime": "2025-01-01",
        "endtime": "2025-02-28",
        "maf_psn_flag": None,
        "insuplc_admdvs": "140522",
    }
    async with worker.transaction(WHOLE) as session:
        looks = await session.scalar(text("select count(*) from access_log where purpose = 'partner.identities'"))
        assert looks > 0


async def test_a_whole_roster_is_taken_in_by_rows_and_errors_stand_at_their_place(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing
) -> None:
    key = (await key_for(counter, VETERANS, "full_list"))["key"]
    good, bad = somebody(), somebody()
    rows = [
        {"township": "凤城镇", "head": name, "name": name, "id_number": number, "category": "在乡重点优抚对象"}
        for name, number in (good, (bad[0], "140522196001010011"))
    ]
    taken = await ask(http, key, "POST", "/partner/rosters", json={"rows": rows, "month": "2025-03"})
    assert taken.status_code == 202, taken.text
    assert await handing.take_in(taken.json()["id"]) == "done"
    fate = (await ask(http, key, "GET", f"/partner/uploads/{taken.json()['id']}")).json()
    assert fate["rows"] == {"in": 2, "accepted": 1, "returned": 1, "duplicate": 0}
    assert {error["index"] for error in fate["errors"]} == {1}


async def test_a_long_list_comes_as_a_file_by_the_same_key(
    counter: Counter, http: httpx2.AsyncClient, handing: Handing
) -> None:
    key = (await key_for(counter, CIVIL, "identity"))["key"]
    file = {"file": ("名单.xlsx", xlsx([IDENTITY, identity(*somebody()), identity(*somebody())]))}
    taken = await ask(http, key, "POST", "/partner/identity/file", files=file)
    assert taken.status_code == 202, taken.text
    await handing.take_in(taken.json()["id"])
    fate = (await ask(http, key, "GET", f"/partner/uploads/{taken.json()['id']}")).json()
    assert fate["rows"] == {"in": 2, "accepted": 2, "returned": 0, "duplicate": 0}
    other = await ask(http, key, "POST", "/partner/settlement/file", files=file, data={"kind": "identity"})
    assert other.status_code == 403


def test_model_and_migration_say_the_same_and_the_wall_is_forced(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        forced = text("select relrowsecurity and relforcerowsecurity from pg_class where relname = 'partner_key'")
        assert connection.execute(forced).scalar_one() is True
    engine.dispose()
    assert [one for one in differences if "partner_key" in repr(one) or "carrier" in repr(one)] == []


def test_national_codes_are_those_of_the_parameter_and_the_rest_is_named() -> None:
    held = Held(Category.TK, date(2025, 1, 1), None, "140522")
    told = national(held, {"TK": "02", "maf_psn_flag": "1"})
    assert (told["psn_idet_type"], told["maf_psn_flag"], told["endtime"]) == ("02", "1", None)
    assert without_code({Category.TK, Category.DB}, {"TK": "02"}) == ["DB"]


def test_a_key_may_ask_so_often_and_no_more() -> None:
    rate, now = Rate(), datetime(2026, 11, 1, tzinfo=UTC)
    for _ in range(MOST):
        rate.count("one", now)
    with pytest.raises(Refusal) as refused:
        rate.count("one", now + timedelta(seconds=1))
    assert refused.value.status == 429
    rate.count("another", now)
    rate.count("one", now + WITHIN)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_no_two_columns_of_a_table_are_called_alike(kind: Any) -> None:
    headers = [plain_header(header) for header in headers_of(kind.columns)]
    assert len(set(headers)) == len(headers)
    assert index_of(kind, 3 if index_of(kind, 3) == 0 else 2) == 0
