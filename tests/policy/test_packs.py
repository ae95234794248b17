from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from policy.parameters import KINDS, base_of, well_formed
from policy.rulebook import Basis
from policy.steps import every_step
from policy.terms import Category, DocumentKind, Level, Rung, ancestors
from store import packs
from store.packs import BadPack, load_divisions, load_packs, read_calendar, rulebook_from_packs, shipped

CALENDAR = (
    "year: 2025\nversion: 2\nstatus: published\nsource: 通知\nrest: {2025-10-01: 国庆节}\nmake_up: {%s: 调休上班}\n"
)


def test_shanxi_has_11_cities_117_counties_and_1278_townships() -> None:
    counts = Counter(row.level for row in load_divisions() if row.code.startswith("14"))

    assert counts == {Level.PROVINCE: 1, Level.CITY: 11, Level.COUNTY: 117, Level.TOWNSHIP: 1278}


def test_jining_has_11_counties_and_3_functional_zones_whose_codes_are_marked() -> None:
    rows = [row for row in load_divisions() if row.code.startswith("37")]
    zones = {row.name: row.code for row in rows if "不是国家标准行政区划代码" in row.source}

    assert Counter(row.level for row in rows) == {
        Level.PROVINCE: 1,
        Level.CITY: 1,
        Level.COUNTY: 11 + 3,
        Level.TOWNSHIP: 156,
    }
    assert zones == {"济宁高新区": "370871", "太白湖新区": "370872", "济宁经济技术开发区": "370873"}
    assert [row.name for row in rows if row.code == "370829"] == ["嘉祥县"]


def test_every_division_lies_in_the_one_that_its_code_names() -> None:
    rows = load_divisions()
    codes = {row.code for row in rows}

    assert len(codes) == len(rows)
    assert [row.code for row in rows if row.parent and row.parent != ancestors(row.code)[1]] == []
    assert [row.code for row in rows if row.parent and row.parent not in codes] == []


def test_townships_of_the_wutai_mountain_zone_belong_to_wutai_county() -> None:
    wutai = {row.name for row in load_divisions() if row.parent == "140922"}

    assert {"台怀镇", "石咀镇", "金岗库乡", "台城镇"} <= wutai
    assert len(wutai) == 17


def test_yangcheng_is_where_the_stories_play() -> None:
    names = {row.code: row.name for row in load_divisions()}

    assert (names["1405"], names["140522"], names["140522100"]) == ("晋城市", "阳城县", "凤城镇")


def test_every_parameter_rests_on_a_document_and_a_clause_that_the_packs_hold() -> None:
    data = load_packs(shipped(), demo=True, up=True)
    numbers, clauses = {d.number for d in data.documents}, {c.id for c in data.clauses}

    assert [p.key for p in data.parameters if p.document not in numbers] == []
    assert [p.key for p in data.parameters if p.clause is not None and p.clause not in clauses] == []


def test_every_parameter_has_a_meaning_and_the_shape_of_its_unit() -> None:
    parameters = load_packs(shipped(), demo=True, up=True).parameters

    assert [p.key for p in parameters if p.unit not in KINDS[base_of(p.key)].units] == []
    assert [p.key for p in parameters if not well_formed(p.unit, p.value)] == []
    assert [p.key for p in parameters if p.value is None and not KINDS[base_of(p.key)].may_be_empty] == []


def test_a_value_from_a_document_starts_no_earlier_than_its_document() -> None:
    data = load_packs(shipped())
    in_force = {d.number: d.in_force_from for d in data.documents}
    from_documents = [p for p in data.parameters if p.basis is Basis.DOCUMENT]

    assert len(from_documents) > 10
    assert [p.key for p in from_documents if p.effective_from < in_force[p.document]] == []


def test_every_clause_that_a_step_cites_is_shipped() -> None:
    clauses = {clause.id for clause in load_packs(shipped()).clauses}
    cited = {
        clause
        for step in every_step()
        for clause in (
            step.clause,
            *(outcome.clause for outcome in step.outcomes),
            *(field.clause for outcome in step.outcomes for field in outcome.fields),
        )
        if clause
    }

    assert len(cited) > 10
    assert cited - clauses == set()


def test_every_timer_that_a_step_names_is_shipped() -> None:
    keys = {parameter.key for parameter in load_packs(shipped()).parameters}

    assert {step.deadline for step in every_step()} - keys == set()


def test_documents_that_are_not_public_show_no_text() -> None:
    data = load_packs(shipped())
    closed = {d.id for d in data.documents if not d.public}

    assert closed == {"D", "E"}
    assert {c.document for c in data.clauses} >= closed
    assert [c.id for c in data.clauses if c.document in closed and c.text] == []


def test_a_clause_is_cited_as_an_official_would() -> None:
    rulebook = rulebook_from_packs("140522100", date(2025, 3, 3))

    assert rulebook.cite("A-37") == "晋医保发〔2019〕46号 三（十一）"
    assert rulebook.cite("E-02") == "晋市医保办发〔2025〕4号 一"
    assert "医疗诊断书、医疗费用收据、必要的病史材料、医疗保险报销证明材料等" in rulebook.clause("A-37").text


def test_codes_inside_values_are_codes_of_the_field() -> None:
    rulebook = rulebook_from_packs("140522", date(2025, 3, 3), demo=True)
    on = date(2025, 3, 3)
    categories = set(Category)

    assert set(rulebook.parameter("AID_CATEGORIES", on).value) == categories - {Category.PT, Category.TPRK}
    assert set(rulebook.parameter("AID_CATEGORIES", on).value.values()) <= set(rulebook.clauses)
    assert set(rulebook.parameter("KEY_TARGETS", on).value) == {"TK", "DB", "YF"}
    assert set(rulebook.parameter("REQUIRED_PAPERS", on).value) <= set(DocumentKind)
    assert set(rulebook.parameter("ESCALATION", on).value) == set(Rung) - {Rung.EARLY}
    diseases = rulebook.parameter("DISEASE_LIST", on).value
    assert len(diseases) == 26
    children = rulebook.parameter("DISEASE_FOR_CHILDREN", on).value
    assert children == [code for code, name in diseases.items() if name.startswith("儿童")]
    operated = rulebook.parameter("DISEASE_BY_OPERATION", on).value
    assert operated == [code for code, name in diseases.items() if "关节置换手术" in name]
    assert set(rulebook.parameter("DISEASE_REST_AIDED", on).value) <= set(rulebook.parameter("KEY_TARGETS", on).value)


def test_money_rules_come_only_with_the_demonstration() -> None:
    bare, demo, up = (
        {(p.division, p.key) for p in load_packs(shipped(), demo=demo, up=up).parameters}
        for demo, up in ((False, False), (True, False), (True, True))
    )

    assert [key for _, key in bare if base_of(key) in {"RATE", "DEDUCT", "CAP", "PCDI", "RONGQUE"}] == []
    shanxi = {"RATE(TK)", "RATE(DB)", "RATE(DBBY)", "RATE(GXZC)", "PCDI(2023)", "RONGQUE"}
    assert {("14", key) for key in shanxi} | {("37", "PCDI(2023)"), ("37", "PCDI(2024)")} <= demo - bare
    assert up - demo == {("14", "PCDI(2024)"), ("14", "PCDI(2025)")}


def test_no_rule_of_shanxi_holds_in_jining_and_none_of_jining_in_shanxi() -> None:
    packs = load_packs(shipped())
    jining = [p for p in packs.parameters if p.division.startswith("37")]
    theirs = {document.number for document in packs.documents if document.division == "3708"}

    assert {p.document for p in jining} == theirs == {"济医保发〔2023〕13号", "本地设置（济宁市）"}
    assert {p.clause[:2] for p in jining if p.clause} == {"J-"}
    assert [p.key for p in packs.parameters if p.division.startswith("14") and (p.clause or "").startswith("J-")] == []


def test_jining_starts_with_the_calendar_of_the_country() -> None:
    calendars = load_packs(shipped()).calendars
    years = {owner: [year for division, year in calendars if division == owner] for owner, _ in calendars}

    assert set(years) == {"14", "3708"}
    assert years["3708"] == years["14"]


def test_demonstration_values_are_marked_as_such() -> None:
    data = load_packs(shipped(), demo=True, up=True)
    invented = [p for p in data.parameters if p.basis is Basis.DEMONSTRATION]
    documents = {d.number: d for d in data.documents}

    assert len(invented) == 29
    assert all(documents[p.document].demonstration for p in invented)


def test_an_unknown_pack_is_an_error() -> None:
    with pytest.raises(BadPack, match="9999: 9999: there is no such pack"):
        load_packs(["9999"])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("- {key: X_WD, value: 3}", "parameters/x.yaml: X_WD: unit is missing"),
        ("- {key: X_WD, value: three, unit: WD}", "parameters/x.yaml: X_WD: the value is not of unit WD"),
        ("- {key: X_WD, value: 3, unit: fortnights}", "parameters/x.yaml: X_WD: the value is not of unit fortnights"),
        (
            "- {key: X_WD, value: 3, unit: WD, effective_from: soon, effective_to: null,"
            " document: 甲, clause: null, basis: local, note: R}",
            "parameters/x.yaml: X_WD: 'soon' is not a date",
        ),
        ("- just words", "parameters/x.yaml: entry 1: a mapping is expected"),
        ("key: X_WD", "parameters/x.yaml: whole file: a list is expected"),
        ("- {key: [", "parameters/x.yaml: whole file: not readable as YAML"),
    ],
)
def test_a_bad_pack_names_file_and_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, message: str
) -> None:
    folder = tmp_path / "14" / "parameters"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text(entry, encoding="utf-8")
    monkeypatch.setattr(packs, "PACKS", tmp_path)

    with pytest.raises(BadPack) as raised:
        load_packs(["14"])
    assert str(raised.value).startswith(f"14/{message}")


@pytest.mark.parametrize(
    ("make_up", "reason"),
    [("2025-10-10", "cannot be a make-up day"), ("2026-10-10", "is not a day of 2025")],
)
def test_a_calendar_with_an_impossible_day_is_refused(tmp_path: Path, make_up: str, reason: str) -> None:
    path = tmp_path / "2025.yaml"
    path.write_text(CALENDAR % make_up, encoding="utf-8")

    with pytest.raises(BadPack, match=reason):
        read_calendar(path)


def test_a_calendar_in_order_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2025.yaml"
    path.write_text(CALENDAR % "2025-10-11", encoding="utf-8")
    year = read_calendar(path)

    assert (year.version, year.rest, year.make_up) == (
        2,
        {date(2025, 10, 1): "国庆节"},
        {date(2025, 10, 11): "调休上班"},
    )
