"""Signing in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.identity import CurrentUser, SignIn, User, sign_out

router = APIRouter(tags=["sessions"])


class Credentials(BaseModel):
    username: Annotated[str, Field(min_length=1, max_length=120)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


@router.post("/sessions")
async def open_session(request: Request, credentials: Credentials) -> dict[str, Any]:
    """A bearer token and who it speaks for."""
    desk: SignIn = request.app.state.sign_in
    signed_in = await desk.sign_in(credentials.username.strip(), credentials.password)
    return {"token": signed_in.token, "user": user_view(signed_in.user)}


@router.get("/sessions/current")
async def current(user: User) -> dict[str, Any]:
    return {"user": user_view(user)}


@router.delete("/sessions", status_code=204)
@router.delete("/sessions/current", status_code=204, include_in_schema=False)
async def close_session(request: Request, user: User) -> Response:
    """Ends this session at once."""
    await sign_out(request.app.state.services, user)
    return Response(status_code=204)


def user_view(user: CurrentUser) -> dict[str, Any]:
    return {
        "username": user.username,
        "name": user.name,
        "role": user.post.role.value,
        "department": user.post.department.value,
        "division": user.division,
        "level": user.post.level.value,
    }
