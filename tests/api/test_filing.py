"""Filing an application: what is right is kept, what is wrong is told all at once, at its field."""

from tests.api.conftest import CASEWORKER, Counter


async def test_an_application_is_filed_and_numbered(counter: Counter) -> None:
    filed = await counter.file()
    assert filed["status"] == "submitted"
    assert len(filed["number"]) == 17
    assert filed["number"].startswith("1405221002025")


async def test_numbers_of_a_township_follow_each_other(counter: Counter) -> None:
    first, second = await counter.file(), await counter.file()
    assert int(second["number"]) == int(first["number"]) + 1


async def test_a_case_is_shown_with_its_timeline(counter: Counter) -> None:
    filed = await counter.file()
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["applicant"]["id_number"] == "140522196001010010"
    assert [entry["tag"] for entry in case["timeline"]] == ["counter:application:submitted"]
