"""The password once more, before money leaves: a step-up of this session for a few minutes (quality.md, 3)."""

from datetime import timedelta

from sqlalchemy import select, update

from api.errors import Refusal
from api.identity import CurrentUser, SignIn
from api.services import Services
from store.accounts import SessionRow
from store.database import WHOLE

LASTS = timedelta(minutes=5)


async def step_up(services: Services, sign_in: SignIn, user: CurrentUser, password: str) -> None:
    """Checks the password; a wrong one counts like a wrong sign-in. Without one, an earlier step-up must still last.

    Raises Refusal 403 for a wrong or missing password, 429 after several.
    """
    if not password:
        if not await _still_lasts(services, user):
            raise Refusal(
                403, "step-up-needed", "放款须再次输入本人口令", "give your password again to release payments"
            )
        return
    await sign_in.confirm(user.username, password)
    until = services.system_now() + LASTS
    async with services.database.transaction(WHOLE) as session:
        await session.execute(update(SessionRow).where(SessionRow.id == user.session_id).values(stepped_up_until=until))


async def _still_lasts(services: Services, user: CurrentUser) -> bool:
    async with services.database.transaction(WHOLE) as session:
        until = await session.scalar(select(SessionRow.stepped_up_until).where(SessionRow.id == user.session_id))
    return until is not None and until > services.system_now()
