"""How many batches wait for this person: a batch has no task of its own, so the inbox says it."""

from sqlalchemy import text

from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, may

_TO_APPROVE = "select count(*) from disbursement where state = 'submitted' and prepared_by <> :account"
_TO_RELEASE = """
select count(distinct b.id) from disbursement b
  join disbursement_line l on l.disbursement_id = b.id and l.state = 'in'
  join payment_attempt t on t.payment_id = l.payment_id and t.state = 'open' and t.release_id is null
  join payment p on p.id = l.payment_id
  join task k on k.subject_id = p.application_id and k.kind = 'transfer' and k.state = 'open'
 where b.state = 'approved'
"""


async def batches_waiting(services: Services, user: CurrentUser) -> int:
    """For the leader those to approve, for finance's supervisor those to release, for everybody else none."""
    if may(user.post, Action.APPROVE_DISBURSEMENT):
        query = _TO_APPROVE
    elif may(user.post, Action.RELEASE_PAYMENT):
        query = _TO_RELEASE
    else:
        return 0
    async with services.database.transaction(user.scope) as session:
        return int(await session.scalar(text(query), {"account": user.id} if ":account" in query else {}) or 0)
