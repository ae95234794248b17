"""The counter as one application: JSON under /api/v1, pages beside it."""

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from api import contract, errors
from api.body_limit import BodyLimit
from api.errors import Incidents, Refusal
from api.headers import SecurityHeaders
from api.identity import SignIn
from api.measures import API, Measures, Measuring
from api.pages.routes import mount
from api.partners.asking import Rate
from api.rest import (
    adjustments,
    applications,
    case_acts,
    cycles,
    decisions,
    disbursements,
    divisions,
    files,
    funds,
    health,
    liaisons,
    lists_out,
    matters,
    papers,
    partners,
    payments,
    people,
    policy,
    policy_exchange,
    pushes,
    sessions,
    staff,
    supervision,
    tasks,
    teamwork,
    uploads,
)
from api.services import Services
from policy.problems import Problem
from store.paging import BadCursor


def create_app(services: Services) -> FastAPI:
    """The counter, given all that it works with. It opens and closes nothing: `runtime/` does."""
    app = FastAPI(
        title="救助 Jiuzhu",
        summary="医疗救助经办：从乡镇窗口到资金支付，以及部门间每月的信息共享",
        version=services.options.version,
        openapi_url=f"{API}/openapi.json" if services.options.docs else None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.sign_in = SignIn(services)
    app.state.partner_rate = Rate()
    app.state.measures = Measures()
    errors.install(app)
    app.add_exception_handler(BadCursor, _bad_cursor)
    rest = APIRouter(prefix=API)
    for module in (
        sessions,
        case_acts,
        tasks,
        teamwork,
        staff,
        applications,
        decisions,
        people,
        files,
        papers,
        divisions,
        policy,
        policy_exchange,
        uploads,
        lists_out,
        matters,
        pushes,
        adjustments,
        supervision,
        liaisons,
        cycles,
        partners,
        disbursements,
        payments,
        funds,
    ):
        rest.include_router(module.router)
    app.include_router(rest)
    app.include_router(health.router)
    mount(app, services)
    contract.complete(app)
    app.add_middleware(BodyLimit, largest_form=services.options.largest_form)
    app.add_middleware(Incidents)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measuring, measures=app.state.measures)
    return app


async def _bad_cursor(request: Request, _error: Exception) -> Response:
    zh, en = "翻页标记无效，请从第一页重新查询", "the cursor is not one of ours"
    return await errors.answer(request, Refusal(422, "bad-cursor", zh, en, [Problem("/cursor", zh, en)]))
