"""/docs: the contract of the counter for programs, shown by the vendored Swagger UI. Off in production."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.errors import not_found
from api.pages.desk import language_of
from api.pages.rendering import html
from api.services import Services

router = APIRouter()


@router.get("/docs")
async def contract(request: Request) -> Response:
    services: Services = request.app.state.services
    if not services.options.docs:
        raise not_found("没有这个地址")
    language = language_of(request)
    return HTMLResponse(html(language, "docs/swagger.html", {"language": language}))
