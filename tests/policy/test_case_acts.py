"""What may be done to a whole case: each act by somebody, at some status, on a clause that there is; which answers go back."""

from datetime import date

from api.case_acts.acting import EFFECTS
from api.case_acts.recall import UNDOING
from policy.case_acts import CASE_ACTS, ENDING_ANSWERS, UNDECIDED, UNPAID, acts_for
from policy.posts import COUNTY_SUPERVISOR, TOWNSHIP_CASEWORKER
from policy.recall import FOLLOWED_BY, may_follow, recallable
from policy.steps import is_kind, step
from policy.terms import ApplicationStatus
from store.packs import rulebook_from_packs

OVER = {
    ApplicationStatus.PAID,
    ApplicationStatus.REJECTED,
    ApplicationStatus.WITHDRAWN,
    ApplicationStatus.LAPSED,
}


def test_every_act_has_its_effect_its_people_and_its_clause() -> None:
    assert set(EFFECTS) == set(CASE_ACTS)
    clauses = rulebook_from_packs("140522100", date(2025, 3, 3)).clauses
    for act in CASE_ACTS.values():
        assert act.posts, act.name
        assert all(act.who.values()), act.name
        assert act.clause in clauses, act.name


def test_the_statuses_are_all_there_are() -> None:
    assert set(ApplicationStatus) == UNPAID | OVER
    assert {ApplicationStatus.APPROVED} == UNPAID - UNDECIDED


def test_what_a_post_may_do_depends_on_the_status() -> None:
    assert [act.name for act in acts_for(TOWNSHIP_CASEWORKER, ApplicationStatus.LAPSED)] == ["reopen"]
    assert [act.name for act in acts_for(COUNTY_SUPERVISOR, ApplicationStatus.SURVEY)] == ["move"]
    assert acts_for(COUNTY_SUPERVISOR, ApplicationStatus.APPROVED) == []
    assert [act.name for act in acts_for(TOWNSHIP_CASEWORKER, ApplicationStatus.REJECTED)] == ["remedies"]


def test_answers_named_by_acts_are_answers_that_there_are() -> None:
    for kind, outcome in (*ENDING_ANSWERS, *FOLLOWED_BY):
        assert step(kind).outcome(outcome), (kind, outcome)
    assert all(is_kind(kind) for following in FOLLOWED_BY.values() for kind in following)


def test_an_answer_that_ends_the_case_is_not_taken_back() -> None:
    assert not ENDING_ANSWERS & set(FOLLOWED_BY)
    assert set(UNDOING) <= set(FOLLOWED_BY)
    assert recallable("survey", "recorded")
    assert not recallable("township_notice_result", "no_objection")
    assert may_follow("survey", "recorded", "township_review")
    assert not may_follow("survey", "recorded", "county_review")
