"""A case that begins again: after a lapse, or when its refusal was set aside. What happened before stays."""

from datetime import date

from policy.terms import ApplicationStatus
from store.applications import ApplicationRow

BEGINS_AS = {
    "acceptance": ApplicationStatus.SUBMITTED,
    "survey": ApplicationStatus.SURVEY,
    "county_review": ApplicationStatus.COUNTY_REVIEW,
}


def reopen(application: ApplicationRow, resume_at: str, day: date) -> None:
    """Opens the case again, its procedure to begin at `resume_at` on that day under the next opening's id."""
    application.opening += 1
    application.resume_at, application.reopened_on, application.closed_at = resume_at, day, None
    application.status = BEGINS_AS[resume_at].value
    application.last_act_on = max(application.last_act_on, day)
    if resume_at == "acceptance":
        application.accepted_on = None
