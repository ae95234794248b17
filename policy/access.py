"""Who may do what: roles × department × level, deny by default. The area is the division of the account (RLS behind it).

Answering a task is not listed here: `policy/steps.py` names the one post that may answer each kind.
"""

from dataclasses import dataclass
from enum import StrEnum

from policy.steps import every_step
from policy.terms import Department, Level, Post, Role


class Action(StrEnum):
    FILE_APPLICATION = "application.file"
    VIEW_APPLICATIONS = "application.view"
    SEARCH_PEOPLE = "people.search"
    MERGE_PEOPLE = "people.merge"
    UPLOAD_FILE = "file.upload"
    READ_FILE = "file.read"
    UPLOAD_IDENTITY = "upload.identity"
    UPLOAD_SETTLEMENT = "upload.settlement"
    UPLOAD_BANK_RETURN = "upload.bank_return"
    UPLOAD_GOING_LIVE = "upload.going_live"
    UPLOAD_BURDEN = "upload.burden"
    UPLOAD_BENEFITS = "upload.benefits_out"
    READ_BENEFITS = "sharing.read"
    UPLOAD_PROVINCIAL_LIST = "upload.provincial_list"
    UPLOAD_FEEDBACK = "upload.feedback"
    VIEW_UPLOADS = "upload.view"
    VIEW_DISBURSEMENTS = "disbursement.view"
    PREPARE_DISBURSEMENT = "disbursement.prepare"
    APPROVE_DISBURSEMENT = "disbursement.approve"
    REVIEW_DISBURSEMENT = "disbursement.review"
    RELEASE_PAYMENT = "payment.release"
    PROPOSE_RECOVERY = "recovery.propose"
    APPROVE_RECOVERY = "recovery.approve"
    RECEIVE_RECOVERY = "recovery.receive"
    VIEW_FUNDS = "fund.view"
    ENTER_INCOME = "fund.income"
    REVIEW_FALLBACK = "decision.fallback"
    TRY_POLICY = "policy.try"
    WORK_TASKS = "task.work"
    VIEW_MATTERS = "matter.view"
    KEEP_LIAISONS = "liaison.keep"
    KEEP_LIAISONS_FOR_OTHERS = "liaison.keep_for_others"
    VIEW_PUSHES = "push.view"
    ASK_SETTLEMENTS = "settlement.ask"
    VIEW_CHAIN = "chain.view"


class PersonalView(StrEnum):
    """How much of a person is shown (catalogue 1.11)."""

    FULL = "full"  # ID, phone, address, account in full: the role needs them
    PAYEE = "payee"  # payee, amount and account; no medical data, no ID
    PAYEE_MASKED = "payee_masked"  # the same with the account masked: finance's leader and auditor pay nothing
    IDENTITY = "identity"  # name and ID of who is asked about; neither cost nor illness nor account
    MASKED = "masked"  # 张*, 140522********0010

    @property
    def identity_only(self) -> bool:
        """Who somebody is, for a department that has been asked about him (C-03), and nothing of the money."""
        return self is PersonalView.IDENTITY

    @property
    def payment_only(self) -> bool:
        """Nothing about the person and the treatment, and so not how its cost became an amount."""
        return self in (PersonalView.PAYEE, PersonalView.PAYEE_MASKED)


@dataclass(frozen=True)
class Grant:
    levels: frozenset[Level]
    departments: frozenset[Department]
    roles: frozenset[Role]

    def covers(self, post: Post) -> bool:
        return post.level in self.levels and post.department in self.departments and post.role in self.roles


def may(post: Post, action: Action) -> bool:
    """True where a grant covers the post; whatever no grant covers is denied."""
    return any(grant.covers(post) for grant in GRANTS.get(action, ()))


def may_answer(post: Post, kind: str) -> bool:
    """Only the very post that the step names (its area is checked with the task's division)."""
    return any(step.post == post for step in every_step() if step.kind == kind)


def personal_view(post: Post) -> PersonalView:
    """Masked unless the role's work needs more."""
    for view, grants in _VIEWS.items():
        if any(grant.covers(post) for grant in grants):
            return view
    return PersonalView.MASKED


def _grant(levels: set[Level], departments: set[Department], roles: set[Role]) -> Grant:
    return Grant(frozenset(levels), frozenset(departments), frozenset(roles))


_WORKERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.LEADER}
_READERS = _WORKERS | {Role.AUDITOR}
_TOWNSHIP = ({Level.TOWNSHIP}, {Department.TOWNSHIP_GOVERNMENT})
_INSURANCE_ABOVE = ({Level.COUNTY, Level.CITY, Level.PROVINCE}, {Department.MEDICAL_INSURANCE})
_COUNTY_INSURANCE = ({Level.COUNTY}, {Department.MEDICAL_INSURANCE})
_COUNTY_FINANCE = ({Level.COUNTY}, {Department.FINANCE})
_COUNTY_SOURCES = (
    {Level.COUNTY},
    {Department.CIVIL_AFFAIRS, Department.AGRICULTURE, Department.VETERANS_AFFAIRS},
)
"""The departments that provide identities; which category is whose: CATEGORY_SOURCE."""
_COUNTY_ASKED = (
    {Level.COUNTY},
    {Department.CIVIL_AFFAIRS, Department.AGRICULTURE, Department.VETERANS_AFFAIRS, Department.HEALTH},
)
_SCREENERS = (
    {Level.COUNTY, Level.CITY, Level.PROVINCE},
    {Department.CIVIL_AFFAIRS, Department.AGRICULTURE},
)
"""To whom the lists of high costs go, each level its own (D-02); who screens which: SCREENED_BY."""
_FINANCE_ABOVE = ({Level.CITY, Level.PROVINCE}, {Department.FINANCE})
_EVERYWHERE = (set(Level), set(Department))
_BUREAUS = (set(Level) - {Level.TOWNSHIP}, set(Department) - {Department.TOWNSHIP_GOVERNMENT})

GRANTS: dict[Action, tuple[Grant, ...]] = {
    Action.FILE_APPLICATION: (_grant(*_TOWNSHIP, {Role.CASEWORKER}),),
    Action.VIEW_APPLICATIONS: (
        _grant(*_TOWNSHIP, _READERS),
        _grant(*_INSURANCE_ABOVE, _READERS),
        _grant(*_COUNTY_FINANCE, _READERS),
        _grant(
            *_COUNTY_ASKED, _WORKERS
        ),  # only the cases that their department has been asked about: row-level security
    ),
    Action.SEARCH_PEOPLE: (
        _grant(*_TOWNSHIP, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_COUNTY_INSURANCE, {Role.CASEWORKER, Role.SUPERVISOR}),
    ),
    Action.MERGE_PEOPLE: (_grant(*_COUNTY_INSURANCE, {Role.SUPERVISOR}),),
    Action.UPLOAD_FILE: (
        _grant(*_TOWNSHIP, {Role.CASEWORKER}),
        _grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),
    ),
    Action.READ_FILE: (
        _grant(*_TOWNSHIP, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_COUNTY_INSURANCE, {Role.CASEWORKER, Role.SUPERVISOR}),
    ),
    Action.UPLOAD_IDENTITY: (_grant(*_COUNTY_SOURCES, {Role.CASEWORKER}),),
    Action.UPLOAD_SETTLEMENT: (_grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),),
    Action.UPLOAD_BANK_RETURN: (_grant(*_COUNTY_FINANCE, {Role.CASEWORKER}),),
    Action.UPLOAD_GOING_LIVE: (_grant(*_COUNTY_INSURANCE, {Role.SUPERVISOR}),),
    Action.UPLOAD_PROVINCIAL_LIST: (_grant({Level.CITY}, {Department.MEDICAL_INSURANCE}, {Role.CASEWORKER}),),
    Action.UPLOAD_BENEFITS: (_grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),),
    Action.READ_BENEFITS: (
        _grant(*_COUNTY_INSURANCE, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant({Level.COUNTY}, {Department.CIVIL_AFFAIRS}, {Role.CASEWORKER, Role.SUPERVISOR}),
    ),
    Action.UPLOAD_BURDEN: (_grant(*_INSURANCE_ABOVE, {Role.CASEWORKER}),),
    Action.UPLOAD_FEEDBACK: (_grant(*_SCREENERS, {Role.CASEWORKER}),),
    Action.VIEW_UPLOADS: (
        _grant(*_INSURANCE_ABOVE, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_SCREENERS, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_COUNTY_SOURCES, _READERS),
        _grant(*_COUNTY_INSURANCE, _READERS),
        _grant(*_COUNTY_FINANCE, _READERS),
    ),
    Action.VIEW_DISBURSEMENTS: (_grant(*_COUNTY_INSURANCE, _READERS), _grant(*_COUNTY_FINANCE, _READERS)),
    Action.PREPARE_DISBURSEMENT: (_grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),),
    Action.APPROVE_DISBURSEMENT: (_grant(*_COUNTY_INSURANCE, {Role.LEADER}),),
    Action.REVIEW_DISBURSEMENT: (_grant(*_COUNTY_FINANCE, {Role.CASEWORKER}),),
    Action.RELEASE_PAYMENT: (_grant(*_COUNTY_FINANCE, {Role.SUPERVISOR}),),
    Action.PROPOSE_RECOVERY: (_grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),),
    Action.APPROVE_RECOVERY: (_grant(*_COUNTY_INSURANCE, {Role.SUPERVISOR}),),
    Action.RECEIVE_RECOVERY: (_grant(*_COUNTY_FINANCE, {Role.CASEWORKER}),),
    Action.VIEW_FUNDS: (
        _grant(*_INSURANCE_ABOVE, _READERS),
        _grant(*_COUNTY_FINANCE, _READERS),
        _grant(*_FINANCE_ABOVE, _READERS),
    ),
    Action.ENTER_INCOME: (_grant(*_COUNTY_FINANCE, {Role.CASEWORKER}),),
    Action.REVIEW_FALLBACK: (_grant(*_INSURANCE_ABOVE, {Role.SUPERVISOR, Role.LEADER}),),
    Action.TRY_POLICY: (_grant(*_EVERYWHERE, _READERS),),
    Action.WORK_TASKS: (_grant(*_EVERYWHERE, _READERS),),
    Action.VIEW_MATTERS: (
        _grant(*_BUREAUS, _READERS),
    ),  # only those that their department takes part in: row-level security
    Action.KEEP_LIAISONS: (_grant(*_BUREAUS, {Role.CASEWORKER, Role.SUPERVISOR}),),  # each department its own
    Action.KEEP_LIAISONS_FOR_OTHERS: (_grant(*_INSURANCE_ABOVE, {Role.SUPERVISOR}),),  # who have no account there
    Action.VIEW_PUSHES: (_grant(*_INSURANCE_ABOVE, _READERS), _grant(*_SCREENERS, _READERS)),
    Action.ASK_SETTLEMENTS: (_grant({Level.COUNTY}, {Department.CIVIL_AFFAIRS}, {Role.CASEWORKER}),),
    Action.VIEW_CHAIN: (
        _grant(*_TOWNSHIP, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_COUNTY_INSURANCE, _READERS),
        _grant(*_COUNTY_SOURCES, _WORKERS),
        _grant(
            {Level.CITY, Level.PROVINCE}, {Department.MEDICAL_INSURANCE}, {Role.SUPERVISOR, Role.LEADER, Role.AUDITOR}
        ),  # with a recorded reason each time
    ),
}

_VIEWS: dict[PersonalView, tuple[Grant, ...]] = {
    PersonalView.FULL: (
        _grant(*_TOWNSHIP, {Role.CASEWORKER, Role.SUPERVISOR}),
        _grant(*_COUNTY_INSURANCE, {Role.CASEWORKER}),
    ),
    PersonalView.PAYEE: (_grant(*_COUNTY_FINANCE, {Role.CASEWORKER, Role.SUPERVISOR}),),
    PersonalView.IDENTITY: (_grant(*_COUNTY_ASKED, {Role.CASEWORKER, Role.SUPERVISOR}),),
    PersonalView.PAYEE_MASKED: (_grant(*_COUNTY_FINANCE, {Role.LEADER, Role.AUDITOR}),),
}
