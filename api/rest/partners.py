"""The machine interface beside the files: other departments' systems hand lists in and fetch identities, by a key.

`Authorization: Bearer jzp_…`. Keys are made by an administrator of the area and act in the name of one account.
"""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.errors import not_found
from api.idempotency import KeyHeader
from api.identity import User
from api.partners.asking import AsPartner
from api.partners.handing_in import Delivery, deliver, deliver_file, fate_of, kind_called
from api.partners.identities import Within, identities_within
from api.partners.keys import Wanted, list_keys, make_key, revoke_key
from api.rest.dependencies import At, Cursor, Limit
from api.rest.files import ENVELOPE
from api.rest.uploads import BODY
from api.table_uploads import Handed, Taken
from api.uploads import read_form

router = APIRouter(tags=["partners"])
What = Annotated[str, Path(pattern=r"^[a-z_]{3,40}$")]


class Rows(BaseModel):
    """`rows` by the names of the columns (GET /partner/{what}/columns); `fields` are those that stand beside a file."""

    model_config = ConfigDict(extra="forbid")

    month: str | None = Field(default=None, pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    fields: dict[str, str] = Field(default_factory=dict, max_length=40)
    rows: list[dict[str, str | int | None]] = Field(min_length=1, max_length=5_000)


class NewKey(BaseModel):
    """`account` is the username that answers for what comes in by the key."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=2, max_length=60)
    account: str = Field(min_length=3, max_length=120)
    kinds: list[str] = Field(min_length=1, max_length=20)


@router.post("/partner/{what}", status_code=202)
async def hand_in(services: At, partner: AsPartner, what: What, body: Rows, key: KeyHeader = None) -> JSONResponse:
    """Takes rows in as if they were a file: same checks, carrier 接口. 200 for the very same rows of before.

    `what`: rosters, adjustments, burdens, feedback, or the code of any other kind of table.
    """
    return _taken(await deliver(services, partner, Delivery(what, body.rows, body.month, body.fields), key))


@router.post("/partner/{what}/file", status_code=202, openapi_extra=BODY)
async def hand_in_file(
    request: Request, services: At, partner: AsPartner, what: What, key: KeyHeader = None
) -> JSONResponse:
    """The same as a file (xlsx, xls, csv), for lists that are too long for one body of JSON."""
    form = await read_form(request, services.options.largest_file + ENVELOPE)
    taken = await deliver_file(services, partner, what, Handed.of(form), key)
    return _taken(taken)


@router.get("/partner/uploads/{upload_id}")
async def fate(
    services: At, partner: AsPartner, upload_id: uuid.UUID, after: Annotated[int, Query(ge=0, le=10**12)] = 0
) -> dict[str, Any]:
    """Its state and counts, and why rows were not accepted; `index` is the place of the row in what was sent, from 0."""
    return await fate_of(services, partner, upload_id, after)


@router.get("/partner/identities")
async def identities(
    services: At,
    partner: AsPartner,
    since: date,
    until: date,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Identity periods that touch the days from `since` to `until`, with `idetinfo` in the national field names (X-17).

    A national code that is not known is null, and its category is listed in `without_national_code`.
    """
    return await identities_within(services, partner, Within(since, until, cursor, limit))


@router.get("/partner/{what}/columns")
async def columns(partner: AsPartner, what: What) -> dict[str, Any]:
    """The names of the columns of a kind, and of the fields beside it."""
    kind = kind_called(what)
    if kind.code not in partner.kinds:
        raise not_found()
    return {
        "kind": kind.code,
        "label": kind.label,
        "columns": [
            {
                "name": column.name,
                "label": column.label,
                "required": column.required,
                "choices": list(column.choices),
                "help": column.help,
            }
            for column in kind.columns
        ],
        "fields": [field.schema() for field in kind.fields],
    }


@router.post("/partners", status_code=201)
async def make(services: At, user: User, body: NewKey, key: KeyHeader = None) -> dict[str, Any]:
    """A key for a partner's system, by an administrator of the area; the key itself is shown this once.

    Sent again under the same Idempotency-Key the same key is meant, and `key` is null: whoever has lost it revokes it.
    """
    return await make_key(services, user, Wanted(body.name, body.account, tuple(body.kinds)), key)


@router.get("/partners")
async def listing(services: At, user: User) -> dict[str, Any]:
    """The keys of the area, without the keys themselves."""
    return {"items": await list_keys(services, user), "next": None}


@router.post("/partners/{key_id}/revoke")
async def revoke(services: At, user: User, key_id: uuid.UUID) -> dict[str, Any]:
    """The key opens nothing from now on."""
    return await revoke_key(services, user, key_id)


def _taken(taken: Taken) -> JSONResponse:
    where = f"/api/v1/partner/uploads/{taken.id}"
    return JSONResponse(taken.body(), 200 if taken.duplicate else 202, {"Location": where})
