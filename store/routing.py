"""Which way a case takes, by its rows: what its person was marked with on the day of settlement (AMB-10)."""

from sqlalchemy.ext.asyncio import AsyncSession

from policy.routing import Route, route
from store.applications import ApplicationRow
from store.marks import marked_on
from store.rulebook import load_rulebook


async def route_of(session: AsyncSession, application: ApplicationRow) -> Route:
    """TOWNSHIP: the procedure of W01; DIRECT: without survey and township notice. Raises MissingParameter."""
    rulebook = await load_rulebook(session, application.division, application.submitted_on)
    marked = await marked_on(session, rulebook, application.person_id, application.settled_on)
    return route(
        rulebook,
        application.settled_on,
        marked,
        out_of_region=application.out_of_region,
        filed=application.remote_filed,
    )
