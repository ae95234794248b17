"""Whether the house stands: alive, ready, which version, and its measures."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api.rest.dependencies import At
from store.accounts import HeartbeatRow
from store.database import WHOLE

router = APIRouter(tags=["health"])
PROBE = "probe"
PROBED_WITHIN = timedelta(seconds=60)


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def alive() -> dict[str, str]:
    return {"status": "alive"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz")
async def ready(services: At) -> JSONResponse:
    """Ready when the database answers and a probe workflow has finished within the last minute."""
    try:
        async with services.database.transaction(WHOLE) as session:
            beat = await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == PROBE))
    except (SQLAlchemyError, OSError):
        return JSONResponse({"status": "not-ready", "database": False, "procedures": False}, 503)
    fresh = beat is not None and services.system_now() - beat < PROBED_WITHIN
    status = {"status": "ready" if fresh else "not-ready", "database": True, "procedures": fresh}
    return JSONResponse(status, 200 if fresh else 503)


@router.get("/version")
async def version(services: At) -> dict[str, Any]:
    options = services.options
    return {"name": "jiuzhu", "version": options.version, "demonstration": options.demo, "story": options.story}


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    return Response(generate_latest(request.app.state.measures.registry), media_type=CONTENT_TYPE_LATEST)
