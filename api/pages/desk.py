"""What every page needs to be drawn for the person in front of it: language, post, places, and clauses to cite."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed
from api.identity import CurrentUser, User
from api.pages.rendering import html
from api.services import Services
from api.texts import LANGUAGES, chosen_language
from policy.access import Action, may
from policy.clock import today
from policy.rulebook import NOT_RULED_HERE, Rulebook
from policy.terms import Department, Level, Role, ancestors
from store.database import WHOLE
from store.reference import DivisionRow
from store.rulebook import Law, load_law

LANGUAGE_COOKIE = "jiuzhu_lang"
CODE_PATTERN = r"(?!\d{17}[\dXx]$|\d{15}$)[0-9A-Za-z_:\(\)\-]{1,40}"
"""What a search box lets into an address: not an ID number. `api/searching.py` refuses it once more."""
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Place:
    """An entry of the main navigation."""

    name: str
    href: str
    label: str


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, as the head of the page shows it."""

    name: str
    post_labels: tuple[str, ...]
    division_name: str


@dataclass
class Desk:
    """One request of one person, or of nobody yet."""

    request: Request
    services: Services
    language: str
    user: CurrentUser | None = None
    law: Law | None = None
    names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _rulebook(self) -> Rulebook | None:
        if self.law is None or self.user is None:
            return None
        return self.law.rulebook(self.user.division, today(self.services.clock))

    @property
    def signed_in(self) -> CurrentUser:
        """The person asking. Raises Refusal 401 for nobody."""
        if self.user is None:
            raise Refusal(401, "sign-in-needed", "请先登录，或登录已超时", "sign in first, or the session has ended")
        return self.user

    def demand(self, action: Action, otherwise: str) -> None:
        """Raises Refusal 403, with the words of `otherwise`, for a post that may not do it."""
        if not may(self.signed_in.post, action):
            raise not_allowed(otherwise)

    @property
    def fragment_wanted(self) -> bool:
        return self.request.headers.get("hx-request") == "true"

    def name_of(self, division: str | None) -> str:
        """阳城县凤城镇; the code itself where no such division is known."""
        if not division:
            return ""
        known = [self.names[code] for code in reversed(ancestors(division)[:2]) if code in self.names]
        return "".join(known) or division

    async def learn(self, session: AsyncSession, divisions: Iterable[str]) -> None:
        """Reads the names of the divisions, and of those directly above them, that are not known yet."""
        wanted = {code for division in divisions for code in ancestors(division)[:2]} - self.names.keys()
        if wanted:
            names = select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(wanted))
            self.names |= {row.code: row.name for row in await session.execute(names)}

    def cite(self, clause_id: str) -> str:
        """The clause of the reader's own place as an official would cite it; the id where the packs hold no such clause."""
        rulebook = self._rulebook
        cited = rulebook.cite(clause_id) if rulebook else clause_id
        return self.say(cited, "Not ruled here") if cited == NOT_RULED_HERE else cited

    def cite_all(self, clause_ids: Iterable[str]) -> list[str]:
        """Each citation once: several clauses of the catalogue may stand in one section."""
        return list(dict.fromkeys(self.cite(clause_id) for clause_id in clause_ids))

    def say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def page(self, template: str, here: str = "", status: int = 200, **context: Any) -> Response:
        """The page, never stored by the browser: it may hold personal data."""
        response = HTMLResponse(html(self.language, template, self._frame(here) | context), status, NO_STORE)
        if self.request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, self.language, max_age=31_536_000, httponly=True, samesite="lax")
        return response

    def _frame(self, here: str) -> dict[str, Any]:
        options = self.services.options
        return {
            "language": self.language,
            "viewer": self._viewer(),
            "navigation": self._navigation(),
            "here": here,
            "demo": options.demo,
            "version": options.version,
            "csrf": self.user.csrf if self.user else "",
            "cite": self.cite,
            "place": self.name_of,
            "fresh_key": lambda: secrets.token_urlsafe(16),
            "me": self.user.username if self.user else "",
            "cite_all": self.cite_all,
            "today": today(self.services.clock).isoformat(),
            "notice": None,
            "code_pattern": CODE_PATTERN,
        }

    def _viewer(self) -> Viewer | None:
        if self.user is None:
            return None
        post = self.user.post
        labels: tuple[str, ...] = (post.department.label, post.role.label)
        if post.department is not Department.TOWNSHIP_GOVERNMENT:  # whose name says its level already
            labels = (post.level.label, *labels)
        return Viewer(self.user.name, labels, self.name_of(self.user.division))

    def _navigation(self) -> list[Place]:
        if self.user is None:
            return []
        allowed = {
            "inbox": may(self.user.post, Action.WORK_TASKS),
            "cases": may(self.user.post, Action.VIEW_APPLICATIONS),
            "new": may(self.user.post, Action.FILE_APPLICATION),
            "disbursements": may(self.user.post, Action.VIEW_DISBURSEMENTS),
            "funds": may(self.user.post, Action.VIEW_FUNDS),
            "assess": may(self.user.post, Action.TRY_POLICY),
            "due": may(self.user.post, Action.TRY_POLICY),
            "people": may(self.user.post, Action.SEARCH_PEOPLE),
            "board": may(self.user.post, Action.VIEW_MATTERS),
            "matters": may(self.user.post, Action.VIEW_MATTERS),
            "pushes": may(self.user.post, Action.VIEW_PUSHES),
            "recognitions": may(self.user.post, Action.VIEW_PUSHES),
            "findings": may(self.user.post, Action.VIEW_MATTERS)
            and self.user.post.department is Department.MEDICAL_INSURANCE,
            "problems": may(self.user.post, Action.VIEW_MATTERS)
            and self.user.post.department is not Department.MEDICAL_INSURANCE,
            "liaisons": may(self.user.post, Action.VIEW_MATTERS),
            "uploads": may(self.user.post, Action.VIEW_UPLOADS),
            "staff": self.user.post.role is not Role.AUDITOR,
            "partners": self.user.post.role is Role.ADMINISTRATOR and self.user.post.level is not Level.TOWNSHIP,
            "mail": self.services.options.mail_dir is not None,
        }
        return [place for place in PLACES if allowed[place.name]]


PLACES = (
    Place("inbox", "/inbox", "待办"),
    Place("cases", "/cases", "案件"),
    Place("new", "/applications/new", "新建申请"),
    Place("people", "/people", "人员查询"),
    Place("board", "/board", "月度看板"),
    Place("matters", "/matters", "信息共享"),
    Place("pushes", "/pushes", "高额费用推送"),
    Place("recognitions", "/recognitions", "认定反馈"),
    Place("findings", "/findings", "监测整改"),
    Place("problems", "/major-problems", "重大问题"),
    Place("liaisons", "/liaisons", "联络员名册"),
    Place("uploads", "/uploads", "报送表格"),
    Place("staff", "/staff", "本单位人员"),
    Place("partners", "/partners", "对接密钥"),
    Place("disbursements", "/disbursements", "拨款批次"),
    Place("funds", "/funds", "基金收支"),
    Place("assess", "/assess", "试算"),
    Place("due", "/due", "计算日期"),
    Place("mail", "/dev/mail", "演示邮箱"),
)


def language_of(request: Request) -> str:
    return chosen_language(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))


async def desk_of(request: Request, user: CurrentUser | None) -> Desk:
    """The desk of a request; reads the law (kept between requests) and the name of the viewer's division."""
    services: Services = request.app.state.services
    desk = Desk(request, services, language_of(request), user)
    async with services.database.transaction(user.scope if user else WHOLE) as session:
        desk.law = await load_law(session)
        if user:
            await desk.learn(session, {user.division})
    return desk


async def signed_in_desk(request: Request, user: User) -> Desk:
    return await desk_of(request, user)


AtDesk = Annotated[Desk, Depends(signed_in_desk)]


def see_other(address: str) -> Response:
    """After something was done: the next page, by GET, so that a reload does nothing again."""
    return RedirectResponse(address, 303, NO_STORE)
