"""A step cites the documents of the place where it is done, and says so where none asks for it."""

from datetime import date

import pytest

from policy.rulebook import NOT_RULED_HERE
from policy.step_clause import clause_of_step, grounds_here, grounds_of_step
from policy.steps import every_step, step
from store.packs import law_of, load_packs, shipped
from tests.policy.rulebooks import having, value

ON = date(2026, 11, 2)
LAW = law_of(load_packs(shipped()))
YANGCHENG, LIANGSHAN = LAW.rulebook("140522", ON), LAW.rulebook("370832", ON)


@pytest.mark.parametrize("division", ["14", "1405", "140522", "140827"])
def test_every_step_of_shanxi_cites_its_own_clause_as_before(division: str) -> None:
    rulebook = LAW.rulebook(division, ON)
    shanxi = [one for one in every_step() if not one.clause.startswith("J-")]

    assert [clause_of_step(rulebook, one, ON) for one in shanxi] == [one.clause for one in shanxi]


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("push_release", "J-20"),
        ("push_burden", "J-20"),
        ("push_ack", "J-20"),
        ("rectification_reply", "J-07"),
        ("rectification_verification", "J-07"),
        ("anomaly_correction", "J-17"),
        ("settlement_request", "J-23"),
        ("review_summary", "J-14"),
        ("screening", "R-JN-SCREEN"),
        ("feedback", None),
        ("problem_ack", None),
    ],
)
def test_a_step_in_jining_cites_jinings_document_or_none(kind: str, clause: str | None) -> None:
    assert clause_of_step(LIANGSHAN, step(kind), ON) == clause
    assert grounds_of_step(LIANGSHAN, step(kind), ON) == ([clause] if clause else [])


def test_no_step_in_jining_cites_a_document_of_shanxi() -> None:
    theirs = {document.id for document in LAW.documents.values() if document.division.startswith("37")}
    cited = [clause for one in every_step() if (clause := clause_of_step(LIANGSHAN, one, ON))]

    assert {LAW.clauses[clause].document for clause in cited} == theirs
    assert LIANGSHAN.cite("D-02") == "济医保发〔2023〕13号 四"
    assert LIANGSHAN.cite("C-33") == NOT_RULED_HERE
    assert LIANGSHAN.cite("X-11") == YANGCHENG.cite("X-11") == "《中华人民共和国民法典》 第二百零一条至第二百零三条"


def test_the_rule_that_gives_the_term_names_the_clause_before_the_table_does() -> None:
    ruled = having(LIANGSHAN, value("ACK_WD", 3, "WD", division="3708", since=date(2026, 10, 1), clause="J-02"))

    assert clause_of_step(ruled, step("push_ack"), ON) == "J-02"
    assert clause_of_step(ruled, step("push_ack"), date(2026, 9, 30)) == "J-20"


def test_every_local_clause_that_stands_for_another_is_shipped_and_holds_there() -> None:
    table = LIANGSHAN.parameter("CLAUSES_HERE", ON).value

    assert set(table) | set(table.values()) <= set(LAW.clauses)
    assert [here for here in table.values() if not LIANGSHAN.holds(here) and here[:2] not in ("X-", "G-")] == []


def test_grounds_are_translated_once_each_and_what_is_not_ruled_is_left_out() -> None:
    assert grounds_here(LIANGSHAN, ["D-02", "B-17", "R-PUSH", "D-03"], ON) == ["J-20", "R-JN-PUSH"]
    assert grounds_here(YANGCHENG, ["D-02", "B-17", "D-02"], ON) == ["D-02", "B-17"]
