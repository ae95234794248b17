"""Files: known by content, limited while they stream, sealed at rest."""

import asyncio
from pathlib import Path

from tests.api.conftest import CASEWORKER, PDF, Counter


async def test_a_file_comes_back_as_it_was_and_lies_sealed(counter: Counter, tmp_path: Path) -> None:
    content = PDF + b"canary " * 100
    file = await counter.upload(content=content)
    answer = await counter.as_(CASEWORKER, "GET", f"/files/{file}")
    assert answer.content == content
    assert answer.headers["content-type"] == "application/pdf"
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"canary" in path.read_bytes() for path in kept)


async def test_an_unsupported_type_is_told_by_content(counter: Counter) -> None:
    answer = await counter.as_(CASEWORKER, "POST", "/files", files={"file": ("scan.pdf", b"MZ not a pdf")})
    assert answer.status_code == 415
    assert "PDF" in answer.json()["title"]


async def test_an_oversized_file_is_refused(counter: Counter) -> None:
    answer = await counter.as_(CASEWORKER, "POST", "/files", files={"file": ("scan.pdf", PDF + bytes(300_000))})
    assert answer.status_code == 413
    assert "文件过大" in answer.json()["title"]


async def test_an_empty_file_is_refused(counter: Counter) -> None:
    answer = await counter.as_(CASEWORKER, "POST", "/files", files={"file": ("scan.pdf", b"")})
    assert answer.json()["type"] == "/problems/empty-file"


async def test_a_file_of_another_township_is_not_there(counter: Counter) -> None:
    file = await counter.upload()
    other = "township.township_government.caseworker@140522101"
    assert (await counter.as_(other, "GET", f"/files/{file}")).status_code == 404


async def test_a_file_serves_one_case_only(counter: Counter) -> None:
    body = await counter.application()
    assert (await counter.as_(CASEWORKER, "POST", "/applications", json=body)).status_code == 201
    again = await counter.application(documents=body["documents"])
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=again)
    assert answer.status_code == 422
    assert "其他案件" in answer.json()["errors"][0]["zh"]


async def test_two_cases_filed_at_once_do_not_share_a_file(counter: Counter) -> None:
    first = await counter.application()
    second = await counter.application(documents=first["documents"])
    answers = await asyncio.gather(
        *(counter.as_(CASEWORKER, "POST", "/applications", json=body) for body in (first, second))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_two_supplements_at_once_do_not_share_a_file(counter: Counter) -> None:
    papers = [{"kind": "other", "file": await counter.upload()}]
    tasks = [await counter.open_task(await counter.file(), "supplement") for _ in range(2)]
    answers = await asyncio.gather(
        *(counter.answer(CASEWORKER, task, "supplied", fields={"documents": papers}) for task in tasks)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
