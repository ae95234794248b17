"""A settlement that contradicts an identity, as the bureau of its county looks at it: who, when, how much, and why."""

import uuid
from typing import Any

from api.errors import not_found
from api.exchange.matters import brief, check_may_view, timeline_of
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.access import PersonalView, personal_view
from policy.clock import today
from policy.exchange_terms import SettlementFinding
from policy.masking import mask_id_number, mask_name
from policy.procedures import Procedure
from policy.terms import Category, Level
from store import lists
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow
from store.people import PersonRow
from store.settlements import SettlementRow
from store.timekeeping import load_timekeeping


async def view_settlement_review(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """Masked by role, to the county's bureau; those above it see what was settled, and not of whom. Raises Refusal 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        if matter is None or matter.procedure != Procedure.SETTLEMENT_REVIEW.value:
            raise not_found()
        settlement = await session.get(SettlementRow, uuid.UUID(matter.facts["settlement"]))
        if settlement is None:
            raise not_found()
        person = await session.get(PersonRow, settlement.person_id)
        look = Look(
            str(user.id), "settlement", settlement.id, settlement.division, "settlement.review", services.clock.now()
        )
        known = {"name": "", "id_number": ""}
        if person is not None and user.post.level is Level.COUNTY:
            cell = Cell("person", "sealed", person.id, person.sealed)
            known = disclose(session, services.vault, look, {"person": cell})["person"]
        full = personal_view(user.post) is PersonalView.FULL
        time = await load_timekeeping(session, today(services.clock))
        return {
            **brief(matter),
            "finding_label": SettlementFinding(matter.facts["finding"]).label,
            "category_label": Category(matter.facts["category"]).label,
            "person": {
                "name": known["name"] if full else mask_name(known["name"]),
                "id_number": known["id_number"] if full else mask_id_number(known["id_number"]),
            },
            "settlement": json_object(
                {
                    name: getattr(settlement, name)
                    for name in ("settled_on", "institution_code", "total", "compliant_total", "aid", "one_stop")
                }
            ),
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter.id)],
            "timeline": await timeline_of(session, matter.id),
        }
