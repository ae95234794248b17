"""The procedures as Temporal knows them: name, task queue, and an id made of a business key, with its inverse.

They stand here and not beside each workflow because whoever starts one writes an outbox row, and may not know workflows.
"""

from enum import StrEnum


class Procedure(StrEnum):
    APPLICATION = "application"  # W01, by the application's number: application/14052210020250001
    REFUSAL = "refusal"  # W02, by the application's number
    PAYMENT = "payment"  # W03, by the application's number
    ORDER = "order"  # 督办: one question to an office about a task, by the id of its row
    OPINION = "opinion"  # 会签, by the id of its row
    NOTICE = "notice"  # one mail, by the id of its row
    UPLOAD = "upload"  # one table that an office handed in, by the id of its row
    DIGEST = "digest"  # one reader's new tasks, by the id of the account
    SHARING_MONTH = "sharing-month"  # what opens on the 1st, by province and month: sharing-month/14/2026-11
    SHARING_CYCLE = "sharing-cycle"  # W07, by county and month: sharing-cycle/140522/2026-11
    ADJUSTMENT = (
        "adjustment"  # W06, by county, department, category, period, batch: …/140522/civil_affairs/DB/2026-11/1
    )
    ADJUSTMENT_PERIOD = (
        "adjustment-period"  # W06's beginning, by county, department and period: …/140522/civil_affairs/2026-11
    )
    SETTLEMENT_REVIEW = "settlement-review"  # W05's contradiction or C-14's gap, by the id of the settlement
    ANOMALY = "anomaly"  # W11, by batch and source department
    REVIEW = "review"  # W08, by county and data month
    PUSH = "high-cost-push"  # W09, by division and data month
    RECOGNITION = "recognition"  # W10, by the id of its row: person, year, list type
    SETTLEMENT_REQUEST = "settlement-request"  # J-23, by the id of its row
    COMPARISON = "provincial-list"  # W18, by city and data month
    RECTIFICATION = "rectification"  # W17, by the id of the finding
    PROBLEM = "problem"  # W17, a major problem reported upward, by the id of its row

    @property
    def queue(self) -> str:
        if self in (Procedure.UPLOAD, Procedure.SHARING_MONTH):
            return BULK
        return MAIL if self in (Procedure.NOTICE, Procedure.DIGEST) else CASEWORK


CASEWORK = "casework"
BULK = "bulk"
MAIL = "mail"
"""Task queues: an import of two million rows must never delay a counter (architecture decision 11)."""


def workflow_id(procedure: Procedure, key: object) -> str:
    """payment/14052210020250001."""
    return f"{procedure.value}/{key}"


def procedure_of(workflow_id: str) -> Procedure:
    """The inverse: which procedure. Raises ValueError for an id that is none of ours."""
    return Procedure(workflow_id.partition("/")[0])


def key_of(workflow_id: str) -> str:
    """The inverse: of what."""
    return workflow_id.partition("/")[2]
