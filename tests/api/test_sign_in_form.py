"""The form of the sign-in page, which anybody may send: small, and without files."""

import httpx2
import pytest

from store.demonstration import PASSWORD
from tests.api.conftest import CASEWORKER

FORM = {"username": CASEWORKER, "password": PASSWORD}
FROM_HERE = {"Origin": "http://counter.test"}


async def test_the_form_of_the_page_signs_in(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/sign-in", data=FORM, headers=FROM_HERE)).status_code == 303


@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data"])
async def test_nobody_hands_in_files_before_signing_in(http: httpx2.AsyncClient, kind: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\ncanary\r\n--x--\r\n'
    headers = FROM_HERE | {"Content-Type": f"{kind}; boundary=x"}
    refused = await http.post("/sign-in", content=body, headers=headers)
    assert refused.status_code == 415
    assert "此表单不收文件" in refused.text


async def test_a_sign_in_form_is_small(http: httpx2.AsyncClient) -> None:
    refused = await http.post("/sign-in", data=FORM | {"next": "/" + "x" * 20_000}, headers=FROM_HERE)
    assert refused.status_code == 413
