"""Who may do what, and which two steps may never be the same person's (I2)."""

from itertools import product

import pytest

from policy.access import Action, PersonalView, may, may_answer, personal_view
from policy.separation import FILING, barred_by
from policy.steps import every_step
from policy.terms import Department, Level, Post, Role

EVERY_POST = [Post(*parts) for parts in product(Level, Department, Role)]


def test_separation_names_the_pairs_of_the_payment_process_both_ways() -> None:
    assert barred_by("county_approval") >= {"county_review", "payment_request", "finance_review", FILING}
    assert barred_by("finance_review") >= {"county_approval", "payment_request", "transfer", FILING}
    assert barred_by("payment_request") == {"county_approval", "finance_review"}


def test_county_review_and_payment_request_may_be_the_same_persons() -> None:
    assert "payment_request" not in barred_by("county_review")


@pytest.mark.parametrize("step", every_step(), ids=lambda step: step.kind)
def test_exactly_one_post_may_answer_a_step(step) -> None:  # type: ignore[no-untyped-def]
    assert [post for post in EVERY_POST if may_answer(post, step.kind)] == [step.post]


def test_unknown_kind_may_be_answered_by_nobody() -> None:
    assert not any(may_answer(post, "no_such_step") for post in EVERY_POST)


def test_administrator_sees_no_case() -> None:
    administrators = [post for post in EVERY_POST if post.role is Role.ADMINISTRATOR]
    assert not any(may(post, action) for post in administrators for action in Action)


def test_departments_outside_the_procedure_see_only_in_the_county_and_only_who_somebody_is() -> None:
    """They may be asked about a case (C-03); row-level security shows them no other."""
    others = {Department.CIVIL_AFFAIRS, Department.AGRICULTURE, Department.VETERANS_AFFAIRS, Department.HEALTH}
    posts = [post for post in EVERY_POST if post.department in others and may(post, Action.VIEW_APPLICATIONS)]
    assert {post.level for post in posts} == {Level.COUNTY}
    assert {personal_view(post) for post in posts} == {PersonalView.IDENTITY, PersonalView.MASKED}


def test_only_the_townships_caseworker_files() -> None:
    assert [post for post in EVERY_POST if may(post, Action.FILE_APPLICATION)] == [
        Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.CASEWORKER)
    ]


def test_personal_data_is_masked_unless_the_role_needs_it() -> None:
    full = [post for post in EVERY_POST if personal_view(post) is PersonalView.FULL]
    payee = [post for post in EVERY_POST if personal_view(post) is PersonalView.PAYEE]
    assert full == [
        Post(Level.COUNTY, Department.MEDICAL_INSURANCE, Role.CASEWORKER),
        Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.CASEWORKER),
        Post(Level.TOWNSHIP, Department.TOWNSHIP_GOVERNMENT, Role.SUPERVISOR),
    ]
    assert {(post.level, post.department) for post in payee} == {(Level.COUNTY, Department.FINANCE)}
