"""What a partner system hands in: an upload like any other, with the carrier recorded, and its fate by row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.imports.kinds import Kind
from activities.imports.registry import KINDS
from api.errors import not_found
from api.partners.asking import Partner
from api.partners.rows import index_of, table_of
from api.services import Services
from api.table_uploads import Handed, Taken, take_in_table
from api.upload_view import view_upload
from policy.exchange_terms import Carrier

KIND_OF = {"rosters": "full_list", "adjustments": "adjustment", "burdens": "burden", "feedback": "feedback"}
"""What stands in the address, and the kind of table that it is; any other kind by its own code."""
CARRIER, BY = "carrier", Carrier.INTERFACE
"""A kind may have a field for it as well."""


@dataclass(frozen=True)
class Delivery:
    """`fields` are those that stand beside the kind's file."""

    what: str
    rows: Sequence[Mapping[str, Any]]
    month: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


async def deliver(services: Services, partner: Partner, delivery: Delivery, key: str | None) -> Taken:
    """Takes the rows in, to be checked after the answer. Raises Refusal: nothing is kept."""
    kind = kind_called(delivery.what)
    partner.demand(kind.code)
    texts = _said(kind, {**delivery.fields, "month": delivery.month or ""})
    return await take_in_table(services, partner.user, Handed(texts, table_of(kind, delivery.rows), BY), key)


async def deliver_file(services: Services, partner: Partner, what: str, handed: Handed, key: str | None) -> Taken:
    """The same for a file, with what stands beside it. Raises Refusal."""
    kind = kind_called(what)
    partner.demand(kind.code)
    return await take_in_table(services, partner.user, Handed(_said(kind, handed.texts), handed.file, BY), key)


def _said(kind: Kind, texts: Mapping[str, str]) -> dict[str, str]:
    """What was said, with the kind that the key is for and how it came."""
    carried = {CARRIER: BY.value} if any(one.name == CARRIER for one in kind.fields) else {}
    return {**texts, "kind": kind.code, **carried}


async def fate_of(services: Services, partner: Partner, upload: uuid.UUID, after: int) -> dict[str, Any]:
    """Its state, its counts, and why rows were not accepted, each by its place in what was sent. Raises Refusal 403, 404."""
    found = await view_upload(services, partner.user, upload, after=after, named=False)
    partner.demand(found["kind"])
    kind = KINDS[found["kind"]]
    errors = [{**error, "index": index_of(kind, error["row"])} for error in found["errors"]]
    return {**found, "errors": errors}


def kind_called(what: str) -> Kind:
    """Raises Refusal 404."""
    code = KIND_OF.get(what, what)
    if code not in KINDS:
        raise not_found("没有这种数据")
    return KINDS[code]
