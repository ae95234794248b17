"""From flat controls to the counter's JSON, and back to the controls with what is wrong."""

from api.forms import Form, PaperRow, answer_fields, typed_values, wrongs
from policy.fields import read_fields
from policy.problems import Problem
from policy.steps import step


def test_problem_stands_at_the_control_of_its_pointer() -> None:
    [wrong] = wrongs([Problem("/applicant/id_number", "校验位错误", "check digit", "X-15")])
    assert wrong.name == "applicant.id_number"
    form = Form("application", problems=(wrong,))
    assert form.problems_at("applicant.id_number") == (wrong,)
    assert form.anchor("applicant.id_number") == "application-applicant-id_number"


def test_problem_of_a_paper_leads_to_its_line() -> None:
    form = Form("application")
    assert form.anchor("documents.4.file") == "application-documents-4"
    assert form.anchor("fields.documents.0.kind") == "application-fields-documents-0"


def test_survey_typed_on_a_page_is_the_answer_a_program_sends() -> None:
    survey = step("survey").outcome("recorded")
    assert survey
    typed = typed_values(
        [("illness", "冠心病"), ("household_economy", " 务农 "), ("surveyors", "王一\r\n李二"), ("conclusion", "")]
    )
    values, problems = read_fields(survey.fields, answer_fields(survey.fields, Form("answer", typed)))
    assert problems == []
    assert values == {"illness": "冠心病", "household_economy": "务农", "surveyors": ["王一", "李二"]}


def test_every_tick_of_a_choice_is_kept() -> None:
    refuse = step("acceptance").outcome("refuse")
    assert refuse
    typed = typed_values([("provisions", "A-39"), ("provisions", "A-38"), ("reason", "不符")])
    values, problems = read_fields(refuse.fields, answer_fields(refuse.fields, Form("answer", typed)))
    assert (values["provisions"], problems) == (["A-38", "A-39"], [])


def test_money_may_be_typed_with_separators() -> None:
    approve = step("county_approval").outcome("approve")
    assert approve
    typed = typed_values([("amount", "10,200.00")])
    assert answer_fields(approve.fields, Form("answer", typed)) == {"amount": "10200.00"}


def test_uploaded_paper_stays_and_a_struck_one_goes() -> None:
    typed = typed_values(
        [
            ("documents.0.kind", "diagnosis"),
            ("documents.0.file", "f1"),
            ("documents.0.name", "诊断.pdf"),
            ("documents.1.kind", "history"),
            ("documents.1.file", "f2"),
            ("documents.1.drop", "yes"),
        ]
    )
    assert Form("answer", typed).rows_of("documents", 2) == [PaperRow("diagnosis", "f1", "诊断.pdf"), PaperRow()]
