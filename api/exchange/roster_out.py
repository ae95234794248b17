"""附件2 of those who are marked with a category on a day, for the bureau to hold against a department's own roster.

Township and household stand on the department's list, which is not kept row by row: these columns stay empty here.
"""

from datetime import date

from sqlalchemy import text

from api.errors import Refusal, not_allowed
from api.exchange.lists_out import MOST, division_name
from api.identity import CurrentUser
from api.services import Services
from policy.access import PersonalView, personal_view
from policy.clock import today
from policy.lists_out import BOXES_OF_A_ROSTER, Line, RosterForm, ticks
from policy.organisations import office_on
from policy.terms import Category, Department, Level
from store.disclosure import Cell, Look, disclose
from store.rulebook import load_rulebook

_MARKED = text("""
select i.person_id, i.starts_on, p.sealed from identity_period i join person p on p.id = i.person_id
 where i.division = :division and i.category = :category and i.starts_on <= :day and (i.ends_on is null or i.ends_on > :day)
 order by i.starts_on, i.id limit :most
""")


async def annex_2(services: Services, user: CurrentUser, category: Category, on: date | None) -> RosterForm:
    """Of the reader's own county; each person opened is logged. Raises Refusal 403, 409."""
    post = user.post
    if post.department is not Department.MEDICAL_INSURANCE or post.level is not Level.COUNTY:
        raise not_allowed("在标识名单由县级医疗保障部门下载")
    if personal_view(post) is not PersonalView.FULL:
        raise not_allowed("名单含完整个人信息，由经办名单的岗位下载")
    now, day = services.clock.now(), on or today(services.clock)
    async with services.database.transaction(user.scope) as session:
        asked = {"division": user.division, "category": category.value, "day": day, "most": MOST + 1}
        rows = (await session.execute(_MARKED, asked)).all()
        if len(rows) > MOST:
            raise Refusal(409, "too-many-rows", f"名单超过{MOST}行", "the list is too long for one file")
        lines = []
        for person, since, sealed in rows:
            look = Look(str(user.id), "person", person, user.division, "list.annex_2", now)
            opened = disclose(session, services.vault, look, {"person": Cell("person", "sealed", person, sealed)})
            somebody = opened["person"]
            remark = f"自{since.isoformat()}起"
            lines.append(Line("", "", "", "", "", somebody["name"], somebody["id_number"], remark=remark))
        county = await division_name(session, user.division)
        rulebook = await load_rulebook(session, user.division, today(services.clock))
        return RosterForm(
            annex=2,
            county=county,
            period="",
            unit=office_on(rulebook, county, Department.MEDICAL_INSURANCE, day),
            ticks=ticks(BOXES_OF_A_ROSTER, category),
            day=day,
            lines=tuple(lines),
            demonstration=services.options.demo,
        )
