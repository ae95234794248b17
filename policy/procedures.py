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

    @property
    def queue(self) -> str:
        if self is Procedure.UPLOAD:
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
