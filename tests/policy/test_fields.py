"""The fields of an answer: read once, every problem at once, nothing guessed."""

import pytest

from policy.county_steps import COUNTY_APPROVAL
from policy.fields import Choice, Field, Kind, fields_schema, read_fields
from policy.steps import every_step
from policy.terms import DocumentKind
from policy.township_steps import SUPPLEMENT, SURVEY, TOWNSHIP_REVIEW


def test_every_problem_is_named_at_once_with_its_clause() -> None:
    outcome = TOWNSHIP_REVIEW.outcome("not_eligible")
    assert outcome is not None
    values, problems = read_fields(outcome.fields, {"provisions": ["A-99"], "shoe_size": "42"})
    assert values == {}
    assert [(problem.pointer, problem.clause) for problem in problems] == [
        ("/fields/provisions", "A-68"),
        ("/fields/reason", "A-42"),
        ("/fields/shoe_size", None),
    ]


def test_surveyors_are_read_one_a_line_and_not_twice() -> None:
    outcome = SURVEY.outcome("recorded")
    assert outcome is not None
    given = {"illness": "甲", "household_economy": "乙", "surveyors": "赵一\n钱二、孙三\n"}
    values, problems = read_fields(outcome.fields, given)
    assert (values["surveyors"], problems) == (["赵一", "钱二", "孙三"], [])
    _, problems = read_fields(outcome.fields, {**given, "surveyors": ["赵一", "赵一"]})
    assert [problem.zh for problem in problems] == ["“调查人”有重复的姓名"]


@pytest.mark.parametrize("typed", ["1e3", "-1.00", "10.005", "NaN", "十元", 10200.0])
def test_money_that_is_not_yuan_with_two_places_is_refused(typed: object) -> None:
    outcome = COUNTY_APPROVAL.outcome("approve")
    assert outcome is not None
    _, problems = read_fields(outcome.fields, {"amount": typed})
    if typed == "1e3":  # a number all the same, kept as 1000.00
        assert problems == []
    else:
        assert [problem.pointer for problem in problems] == ["/fields/amount"]


def test_choices_keep_the_order_of_the_declaration() -> None:
    field = Field("papers", "材料", Kind.CHOICES, choices=(Choice("a", "甲"), Choice("b", "乙"), Choice("c", "丙")))
    assert field.read(["c", "a", "c"]) == (["a", "c"], None)


def test_every_field_of_every_step_has_a_schema_with_its_label() -> None:
    fields = [field for step in every_step() for outcome in step.outcomes for field in outcome.fields]
    assert len(fields) > 20
    for field in fields:
        schema = field.schema()
        assert (schema["name"], schema["title"], schema["x-required"]) == (field.name, field.label, field.required)


def test_the_schema_of_an_outcome_asks_for_what_is_read_and_no_more() -> None:
    recorded, supplied = SURVEY.outcome("recorded"), SUPPLEMENT.outcome("supplied")
    assert recorded is not None
    assert supplied is not None
    survey = fields_schema(recorded.fields)
    assert (survey["type"], survey["additionalProperties"]) == ("object", False)
    assert survey["required"] == ["illness", "household_economy", "surveyors"]
    assert (survey["properties"]["illness"]["minLength"], survey["properties"]["surveyors"]["minItems"]) == (1, 1)
    assert "minLength" not in survey["properties"]["village_helper"]
    papers = fields_schema(supplied.fields)["properties"]["documents"]
    assert papers["items"]["properties"]["kind"]["enum"] == [kind.value for kind in DocumentKind]
    assert papers["minItems"] == 1


def test_overlong_text_is_refused_not_cut() -> None:
    field = Field("reason", "理由", Kind.TEXT)
    value, problem = field.read("长" * 4001)
    assert value is None
    assert problem is not None
    assert problem.zh == "“理由”不得超过4000字"
