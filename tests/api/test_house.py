"""The counter's own house: readiness, headers, problems, incidents without content."""

import json
import re
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from store.database import WHOLE, Database
from tests.api.conftest import CASEWORKER, Counter, SystemTime


async def test_alive_and_its_version(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "alive"}
    assert (await http.head("/healthz")).status_code == 200
    assert (await http.get("/version")).json()["version"] == "test"


async def test_ready_only_after_a_recent_probe(
    http: httpx2.AsyncClient, worker: Database, system_time: SystemTime
) -> None:
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text(
                "insert into heartbeat (name, at, detail) values ('probe', :at, '') "
                "on conflict (name) do update set at = excluded.at"
            ),
            {"at": system_time()},
        )
    assert (await http.get("/readyz")).status_code == 200
    system_time.passed = timedelta(seconds=61)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, True)
    assert (await http.head("/readyz")).status_code == 503


async def test_every_answer_carries_the_security_headers(http: httpx2.AsyncClient) -> None:
    for path in ("/healthz", "/api/v1/tasks", "/api/v1/nothing"):
        headers = (await http.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; img-src 'self' data:")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"


async def test_the_contract_is_served(http: httpx2.AsyncClient) -> None:
    contract = (await http.get("/api/v1/openapi.json")).json()
    assert "/api/v1/tasks/{task_id}/answer" in contract["paths"]
    assert "/api/v1/applications" in contract["paths"]
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(contract)))
    assert named <= contract["components"]["schemas"].keys()


async def test_the_contract_says_who_must_sign_in_and_how_a_refusal_looks(http: httpx2.AsyncClient) -> None:
    contract = (await http.get("/api/v1/openapi.json")).json()
    assert contract["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}
    operations = [operation for methods in contract["paths"].values() for operation in methods.values()]
    for operation in operations:
        assert operation["responses"]["4XX"] == {"$ref": "#/components/responses/Refused"}
    assert "HTTPValidationError" not in json.dumps(contract)
    refused = contract["components"]["responses"]["Refused"]
    assert refused["content"].keys() == {"application/problem+json"}
    for_anybody = {
        path for path, methods in contract["paths"].items() for one in methods.values() if not one["security"]
    }
    assert for_anybody == {"/api/v1/sessions", "/healthz", "/readyz", "/version"}


async def test_who_must_sign_in_by_the_contract_must(http: httpx2.AsyncClient) -> None:
    contract = (await http.get("/api/v1/openapi.json")).json()
    tried = 0
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if operation["security"]:
                address = re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000000", path)
                assert (await http.request(method, address)).status_code == 401, (method, path)
                tried += 1
    assert tried > 10


async def test_a_body_without_end_is_refused(counter: Counter) -> None:
    for path in ("/applications", "/policy/assess"):
        answer = await counter.as_(CASEWORKER, "POST", path, content=b'"' + b"x" * 1_100_000)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert answer.json()["title"] == "内容过大，不得超过1MB"


async def test_requests_are_counted_by_route_and_never_by_id(http: httpx2.AsyncClient, counter: Counter) -> None:
    filed = await counter.file()
    await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")
    measures = (await http.get("/metrics")).text
    assert 'route="/api/v1/applications/{application_id}"' in measures
    assert filed["id"] not in measures


@pytest.mark.parametrize(("path", "method", "status"), [("/api/v1/nothing", "GET", 404), ("/api/v1/tasks", "PUT", 405)])
async def test_wrong_addresses_are_problems_too(http: httpx2.AsyncClient, path: str, method: str, status: int) -> None:
    answer = await http.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["title"]


async def test_an_incident_says_its_number_and_nothing_else(
    app: FastAPI, http: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken() -> None:
        raise ValueError("金丝雀 140522196001010010")

    app.add_api_route("/api/v1/broken", broken)
    app.router.routes.insert(0, app.router.routes.pop())
    answer = await http.get("/api/v1/broken")
    assert answer.status_code == 500
    assert "金丝雀" not in answer.text
    logged = capsys.readouterr()
    assert answer.json()["incident"] in logged.out + logged.err
    assert "金丝雀" not in logged.out + logged.err
    assert "140522196001010010" not in logged.out + logged.err


async def test_every_operation_is_about_a_subject_that_is_said(http: httpx2.AsyncClient) -> None:
    contract = (await http.get("/api/v1/openapi.json")).json()
    said = {tag["name"] for tag in contract["tags"]}
    operations = {
        f"{method} {path}": operation
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    }
    assert {name: one.get("tags") for name, one in operations.items() if not set(one.get("tags", ())) & said} == {}
    assert said == {tag for one in operations.values() for tag in one["tags"]}
    assert operations["get /api/v1/pushes"]["summary"].startswith("Counts by month and division"), "not Pushes"
