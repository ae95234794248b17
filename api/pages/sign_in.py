"""Signing in and out."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from api.csrf import check_same_origin
from api.errors import Refusal
from api.forms import Form, Wrong
from api.identity import COOKIE, SignIn, maybe_user, sign_out
from api.pages.desk import AtDesk, Desk, desk_of, see_other
from api.pages.posted import FromForm, read_without_files
from policy.access import Action, may

router = APIRouter()
HOME = "/"


@router.get("/")
async def home(desk: AtDesk) -> Response:
    """The inbox; for a post that works on no cases, a word about that."""
    if may(desk.signed_in.post, Action.WORK_TASKS):
        return see_other("/inbox")
    return desk.page("session/no_tasks.html")


@router.get("/sign-in")
async def form(request: Request, next: str = HOME) -> Response:
    if await maybe_user(request):
        return see_other(_own_path(next))
    return _page(await desk_of(request, None), Form("sign-in"), next)


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    """Sets the session cookie; a wrong password shows the form again with the username kept."""
    desk = await desk_of(request, None)
    check_same_origin(request, desk.services.options.base_url)
    posted = await read_without_files(request)
    username, password, goal = (str(posted.get(name, "")) for name in ("username", "password", "next"))
    sign_in: SignIn = request.app.state.sign_in
    try:
        signed_in = await sign_in.sign_in(username.strip(), password)
    except Refusal as refusal:
        wrong = Wrong("username", refusal.zh, refusal.en)
        return _page(desk, Form("sign-in", {"username": [username]}, (wrong,)), goal, refusal.status)
    response = see_other(_own_path(goal))
    secure = desk.services.options.base_url.startswith("https://")
    response.set_cookie(COOKIE, signed_in.token, httponly=True, samesite="lax", secure=secure)
    return response


@router.post("/sign-out")
async def leave(desk: AtDesk, posted: FromForm) -> Response:
    posted.demand_fresh()
    await sign_out(desk.services, desk.signed_in)
    response = see_other("/sign-in")
    response.delete_cookie(COOKIE)
    return response


def _page(desk: Desk, form: Form, goal: str, status: int = 200) -> Response:
    return desk.page("session/sign_in.html", status=status, form=form, next=_own_path(goal))


def _own_path(address: str) -> str:
    """The address where to go on, if it is a path of ours; the inbox otherwise."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours and not address.startswith("/sign-") else HOME
