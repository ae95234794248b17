"""Every Chinese label that reaches a page through a variable: nouns, steps, outcomes, fields, choices."""

from collections.abc import Iterator

from activities.imports.registry import KINDS
from api.exchange import board, board_figures, facts, summary_out
from api.exchange import matters as matters_of
from api.pages import (
    application_form,
    case_reading,
    desk,
    disbursements,
    due_dates,
    funds,
    inbox,
    liaisons,
    matters,
    partners,
    payments,
    people,
    people_merge,
    tasks,
    try_out,
    try_out_form,
    wording,
)
from api.pages import supervision as supervision_pages
from api.papers import catalogue, record
from policy import agreement, exchange_terms, joint_review, payment_terms, provincial_comparison, supervision, terms
from policy.case_acts import CASE_ACTS
from policy.costs import LABELS
from policy.fields import Field
from policy.steps import every_step

FORMS = (application_form, try_out_form, due_dates, tasks, people, people_merge, disbursements, funds, payments)
NOUNS = (terms, payment_terms, exchange_terms, supervision, joint_review, provincial_comparison, agreement)
LABEL_OF_PAGES = (
    "返回上一页",
    "返回首页",
    "登录",
    "计算表",
    "书面告知书（附件5）",
    "预览书面告知书（附件5）",
    "个人负担的合规费用",
)


def every_label() -> set[str]:
    return {*_terms(), *_steps(), *_acts(), *_fields_of(_form_fields()), *_of_pages()}


def _of_pages() -> Iterator[str]:
    yield from (place.label for place in desk.PLACES)
    yield from (label for label, _statuses in case_reading.MAIN_PATH)
    yield from wording.MARKS.values()
    yield from wording.MARK_MEANINGS.values()
    yield from wording.OPTIONS.values()
    yield from inbox.BOXES.values()
    yield from inbox.STATES.values()
    yield from matters.STATES.values()
    yield from supervision_pages.STATE_LABELS.values()
    yield from liaisons.STATES.values()
    yield from matters_of.PROCEDURE_LABELS.values()
    yield from facts.LABELS.values()
    yield from (standing.label for standing in board.Standing)
    yield from (label for _code, _column, label in board_figures.SUMS)
    yield from summary_out.KINDS_OUT.values()
    yield partners.FETCHING
    yield from record.TITLES.values()
    yield from (
        *catalogue.POSTERS.values(),
        catalogue.NOTICE_TITLE,
        catalogue.CALCULATION_TITLE,
        catalogue.CASE_FILE_TITLE,
    )
    yield from try_out.OUTCOMES.values()
    yield from (label for _name, label in application_form.SWITCHES)
    yield from LABELS.values()
    yield from LABEL_OF_PAGES
    yield from (kind.label for kind in KINDS.values())
    yield from (kind.about for kind in KINDS.values())


def _acts() -> Iterator[str]:
    for act in CASE_ACTS.values():
        yield act.label
        yield from _fields_of(act.fields)


def _terms() -> Iterator[str]:
    for noun in (noun for module in NOUNS for noun in vars(module).values()):
        if isinstance(noun, type) and issubclass(noun, terms.Term):
            yield from (member.label for member in noun)


def _steps() -> Iterator[str]:
    for step in every_step():
        yield step.label
        for outcome in step.outcomes:
            yield outcome.label
            yield from _fields_of(outcome.fields)


def _form_fields() -> Iterator[Field]:
    for value in (value for module in FORMS for value in vars(module).values()):
        if isinstance(value, Field):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Field))


def _fields_of(fields: Iterator[Field] | tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        yield field.label
        if field.help:
            yield field.help
        yield from (choice.label for choice in field.choices)
