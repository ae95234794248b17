"""Who is asking: sign-in, sessions, and the person that every command and query is told about."""

import hashlib
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Annotated

import anyio
from fastapi import Depends, Request
from pwdlib import PasswordHash
from sqlalchemy import delete, select, update

from api.csrf import check_same_origin
from api.errors import Refusal
from api.services import Services
from api.throttle import SHORTLY, Throttle
from policy.access import PersonalView, personal_view
from policy.terms import Department, Level, Post, Role
from store.accounts import AccountRow, SessionRow
from store.database import WHOLE, Scope

COOKIE = "jiuzhu_session"
SEEN_EVERY = timedelta(minutes=1)
"""`seen_at` is written at most this often: a session is not worth a write per request."""
MOST_AT_ONCE = 100
"""Sign-ins under way, waiting ones included: a few seconds of work. More of them are told to come back."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class CurrentUser:
    """Who is asking, in which post, for which division. `csrf` and `session_id` belong to this sign-in."""

    id: uuid.UUID
    username: str
    name: str
    post: Post
    division: str
    session_id: uuid.UUID
    csrf: str

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.division, self.post.department)

    @property
    def view(self) -> PersonalView:
        return personal_view(self.post)


@dataclass(frozen=True)
class SignedIn:
    token: str
    user: CurrentUser


class SignIn:
    """Checks passwords: argon2 in a thread, few at a time; the same answer and work for an unknown name."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._passwords = PasswordHash.recommended()
        self._threads = anyio.CapacityLimiter(2)
        self._under_way = 0
        self._nobody = ""
        options = services.options
        self._throttle = Throttle(options.sign_in_failures, options.sign_in_pause, services.system_now)

    async def sign_in(self, username: str, password: str) -> SignedIn:
        """A new session.

        Raises Refusal: the same for a wrong name and a wrong password, 429 after several failures or with as many
        attempts under way, 503 when too many people sign in at once.
        """
        with self._throttle.attempt(username), self._place():
            return await self._attempt(username, password)

    async def confirm(self, username: str, password: str) -> None:
        """Whoever is signed in gives the password again. Raises Refusal 403 for a wrong one, 429 after several."""
        with self._throttle.attempt(username), self._place():
            async with self._services.database.transaction(WHOLE) as session:
                account = await session.scalar(select(AccountRow).where(AccountRow.username == username))
            if account is None or not account.active or not await self._matches(password, account):
                self._throttle.failed(username)
                raise Refusal(403, "step-up-failed", "口令不正确，未作任何改动", "wrong password; nothing was changed")
            self._throttle.succeeded(username)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._under_way >= MOST_AT_ONCE:
            raise Refusal(
                503,
                "sign-in-busy",
                "当前登录人数过多，请稍后再试",
                "too many sign-ins at once; try again shortly",
                retry_after=SHORTLY,
            )
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def _attempt(self, username: str, password: str) -> SignedIn:
        async with self._services.database.transaction(WHOLE) as session:
            account = await session.scalar(select(AccountRow).where(AccountRow.username == username))
        right = await self._matches(password, account)
        if account is None or not account.active or not right:
            self._throttle.failed(username)
            raise Refusal(401, "sign-in-failed", "账号或口令不正确", "wrong username or password")
        self._throttle.succeeded(username)
        return await self._open(account)

    async def _matches(self, password: str, account: AccountRow | None) -> bool:
        hashed = account.password_hash if account else await self._somebody()
        return await anyio.to_thread.run_sync(self._passwords.verify, password, hashed, limiter=self._threads)

    async def _somebody(self) -> str:
        if not self._nobody:
            self._nobody = await anyio.to_thread.run_sync(
                self._passwords.hash, secrets.token_urlsafe(), limiter=self._threads
            )
        return self._nobody

    async def _open(self, account: AccountRow) -> SignedIn:
        token, now = secrets.token_urlsafe(32), self._services.system_now()
        async with self._services.database.transaction(WHOLE) as session:
            row = SessionRow(
                token_hash=_hash(token),
                account_id=account.id,
                csrf=secrets.token_urlsafe(24),
                created_at=now,
                seen_at=now,
                expires_at=now + self._services.options.session_length,
            )
            session.add(row)
            await session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
            await session.flush()
        return SignedIn(token, _user(account, row))


async def sign_out(services: Services, user: CurrentUser) -> None:
    """Ends this session; others of the same account go on."""
    async with services.database.transaction(WHOLE) as session:
        await session.execute(delete(SessionRow).where(SessionRow.id == user.session_id))


async def user_of_token(services: Services, token: str) -> CurrentUser | None:
    """Who signed in with this token, None when the session is unknown, idle for too long or expired."""
    now, idle = services.system_now(), services.options.session_idle
    async with services.database.glance() as session:
        found = (
            await session.execute(
                select(SessionRow, AccountRow)
                .join(AccountRow, AccountRow.id == SessionRow.account_id)
                .where(SessionRow.token_hash == _hash(token), AccountRow.active)
            )
        ).one_or_none()
        if found is None:
            return None
        row, account = found
        if row.expires_at <= now or row.seen_at + idle <= now:
            return None
        if row.seen_at + SEEN_EVERY <= now:
            await session.execute(update(SessionRow).where(SessionRow.id == row.id).values(seen_at=now))
    return _user(account, row)


async def maybe_user(request: Request) -> CurrentUser | None:
    """Who is asking, by bearer token or cookie; None for nobody. A cookie on an unsafe request must come from our pages."""
    services: Services = request.app.state.services
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if bearer and scheme.lower() == "bearer":
        return await user_of_token(services, bearer.strip())
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    if request.method in UNSAFE:
        check_same_origin(request, services.options.base_url)
    return await user_of_token(services, cookie)


async def current_user(request: Request) -> CurrentUser:
    """As `maybe_user`; raises Refusal 401 for nobody."""
    user = await maybe_user(request)
    if user is None:
        raise Refusal(401, "sign-in-needed", "请先登录，或登录已超时", "sign in first, or the session has ended")
    return user


User = Annotated[CurrentUser, Depends(current_user)]


def _user(account: AccountRow, row: SessionRow) -> CurrentUser:
    post = Post(Level(account.level), Department(account.department), Role(account.role))
    return CurrentUser(account.id, account.username, account.name, post, account.division, row.id, row.csrf)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
