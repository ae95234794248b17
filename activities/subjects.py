"""What a task is about: an application, or a matter of the exchange. The desk treats both alike."""

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from activities.case import locked_application
from store.applications import ApplicationRow
from store.matters import SUBJECT, MatterRow, locked_matter

Subject = ApplicationRow | MatterRow


async def locked_subject(session: AsyncSession, subject_type: str, subject_id: str) -> Subject:
    """The subject, locked until the transaction ends. Raises LookupError."""
    if subject_type == SUBJECT:
        return await locked_matter(session, uuid.UUID(subject_id))
    return await locked_application(session, subject_id)


async def number_of(session: AsyncSession, subject_type: str, subject_id: uuid.UUID) -> str:
    """How people call it in mails and lists: the application's number, the matter's key."""
    if subject_type == SUBJECT:
        return (await session.get_one(MatterRow, subject_id)).number
    return (await session.get_one(ApplicationRow, subject_id)).number
