"""The hands of W18: the province's list against the counties' own, and the confirmed list back into their pushes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from policy.clock import Clock, today
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.provincial_comparison import DifferenceCause, Side, confirmed
from store.comparisons import ComparisonItemRow, counts_of, items_of
from store.database import WHOLE, Database
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, find_matter, locked_matter, move_to, record_in
from store.people import PersonRow
from store.pushes import PushItemRow
from store.vault import Vault

STILL_COMPARED = (MatterStatus.PROVINCE_LIST_IN.value, MatterStatus.COMPARED.value)


class Comparisons:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn(name="comparison_compare")
    async def compare(self, matter_id: str) -> bool:
        """Lays the counties' own lists of the month beside the province's, once that is in; False until then.

        Safe to repeat: causes already given stay, and a confirmed list is not touched.
        """
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            if not matter.facts.get("listed"):
                return False
            if matter.status not in STILL_COMPARED:
                return True
            known = {(item.id_index, item.list_type): item for item in await items_of(session, matter.id)}
            gone = {key for key, item in known.items() if item.local_item is not None}
            for own, person in await _local(session, matter):
                item = known.get((person.id_index, own.list_type))
                gone.discard((person.id_index, own.list_type))
                if item is None:
                    await self._add(session, matter, own, person, now)
                else:
                    item.local_item, item.local_burden, item.county = own.id, own.burden, own.division
                    item.side = Side.BOTH.value if item.province_burden is not None else Side.LOCAL_ONLY.value
            for key in gone:
                _no_longer_listed(known[key])
            await session.flush()
            await self._compared(session, matter, now)
            return True

    @activity.defn(name="comparison_merge")
    async def merge(self, matter_id: str) -> None:
        """The confirmed list goes back into the counties' pushes of the month (W09), each told how many are its own.

        A burden stays the county's own to load; whom it has not listed is listed when the burden has been loaded.
        """
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(matter_id))
            kept = [item for item in await items_of(session, matter.id) if is_confirmed(item)]
            added = sum(item.local_item is None for item in kept)
            if "confirmed" in matter.facts:
                return
            matter.facts = {**matter.facts, "confirmed": len(kept), "added": added}
            for item in kept:
                item.confirmed_on = today(self._clock)
            for county in sorted({item.county for item in kept if item.county}):
                await self._tell(session, matter, [item for item in kept if item.county == county], county, now)
            record_in(
                session,
                matter,
                "merged",
                at=now,
                day=today(self._clock),
                codes={"confirmed": len(kept), "added": added},
                grounds=["J-22"],
            )

    async def _tell(
        self, session: AsyncSession, matter: MatterRow, kept: Sequence[ComparisonItemRow], county: str, now: datetime
    ) -> None:
        """The county's push says how many of its persons are confirmed, and how many are still to be added."""
        found = await find_matter(session, Procedure.PUSH, f"{county}/{matter.month:%Y-%m}")
        if found is None:
            return
        push = await locked_matter(session, found.id)
        counts = {"confirmed": len(kept), "to_add": sum(item.local_item is None for item in kept)}
        push.facts = {**push.facts, "provincial": counts}
        record_in(
            session,
            push,
            "provincial_confirmed",
            at=now,
            day=today(self._clock),
            codes=counts,
            grounds=["J-22"],
        )

    async def _compared(self, session: AsyncSession, matter: MatterRow, now: datetime) -> None:
        counts = await counts_of(session, matter.id)
        matter.facts = {**matter.facts, **counts}
        if matter.status == MatterStatus.PROVINCE_LIST_IN.value:
            move_to(matter, MatterStatus.COMPARED, now)
            record_in(
                session,
                matter,
                MatterStatus.COMPARED.value,
                at=now,
                day=today(self._clock),
                codes=counts,
                grounds=["J-22"],
            )

    async def _add(
        self, session: AsyncSession, matter: MatterRow, own: PushItemRow, person: PersonRow, now: datetime
    ) -> None:
        look = Look("system:comparison", "matter", matter.id, own.division, "comparison", now)
        cell = Cell("person", "sealed", person.id, person.sealed)
        known = disclose(session, self._vault, look, {"person": cell})["person"]
        key: uuid.UUID = (await session.execute(select(func.uuidv7()))).scalar_one()
        named = {"name": known["name"], "id_number": known["id_number"]}
        await session.execute(
            insert(ComparisonItemRow)
            .values(
                id=key,
                matter_id=matter.id,
                division=matter.division,
                month=matter.month,
                county=own.division,
                id_index=person.id_index,
                list_type=own.list_type,
                person_sealed=self._vault.seal("comparison_item", "person", key, named),
                local_burden=own.burden,
                local_item=own.id,
                side=Side.LOCAL_ONLY.value,
            )
            .on_conflict_do_nothing()
        )


def _no_longer_listed(item: ComparisonItemRow) -> None:
    """The county has made its list anew, without that person; who stood on it alone still has to be explained."""
    item.local_item = item.local_burden = None
    if item.province_burden is not None:
        item.side = Side.PROVINCE_ONLY.value


def is_confirmed(item: ComparisonItemRow) -> bool:
    return confirmed(Side(item.side), DifferenceCause(item.cause) if item.cause else None)


async def _local(session: AsyncSession, matter: MatterRow) -> list[tuple[PushItemRow, PersonRow]]:
    """Whom the counties of the city have listed in their own pushes of the month."""
    found = await session.execute(
        select(PushItemRow, PersonRow)
        .join(PersonRow, PersonRow.id == PushItemRow.person_id)
        .join(MatterRow, MatterRow.id == PushItemRow.matter_id)
        .where(
            MatterRow.procedure == Procedure.PUSH.value,
            MatterRow.division.startswith(matter.division, autoescape=True),
            PushItemRow.month == matter.month,
        )
        .order_by(PushItemRow.id)
    )
    return [(item, person) for item, person in found]
