"""What endpoints are handed."""

from typing import Annotated

from fastapi import Depends, Query, Request

from api.identity import current_user
from api.services import Services
from store.paging import LONGEST_PAGE


async def _services(request: Request) -> Services:
    # async, or each request would wait for a thread to do this
    services: Services = request.app.state.services
    return services


At = Annotated[Services, Depends(_services)]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
Cursor = Annotated[str | None, Query(max_length=400)]
SignedIn = Depends(current_user)
"""For endpoints that need somebody, whoever it is."""
