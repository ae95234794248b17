"""The counter as a story's people use it: the real API over HTTP, each signed in once, papers handed in as files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from runtime.story.paper import demo_paper
from store.demonstration import PASSWORD

PATIENCE = 20.0


@dataclass(frozen=True)
class Reply:
    """What the counter answered; `status` None when the connection broke before it did."""

    status: int | None
    content: Any

    @property
    def lost(self) -> bool:
        return self.status is None


class SignInRefused(Exception):
    """No such account, or not with the demonstration password."""

    def __init__(self, actor: str, status: int, said: str) -> None:
        super().__init__(f"应为：{actor} 登录\n实为：{status} {said}")


class Counter:
    """One open connection to the API for all people of a story. `folder` is where the papers that it names lie."""

    def __init__(self, address: str, folder: Path = Path()) -> None:
        self._http = httpx2.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False)
        self._folder = folder
        self._tokens: dict[str, str] = {}

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(
        self, actor: str | None, method: str, path: str, content: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request as `actor`. A refused or broken connection is a reply too."""
        sent = {**await self._authorization(actor), **(headers or {})}
        try:
            answer = await self._http.request(method, path, json=await self._handed_in(actor, content), headers=sent)
        except httpx2.TransportError:
            return Reply(None, None)
        return Reply(answer.status_code, _content(answer))

    async def hand_in(self, actor: str | None, path: str, texts: Mapping[str, str], file: tuple[str, bytes]) -> Reply:
        """One form with a file, as `actor`."""
        try:
            answer = await self._http.post(
                path, data=dict(texts), files={"file": file}, headers=await self._authorization(actor)
            )
        except httpx2.TransportError:
            return Reply(None, None)
        return Reply(answer.status_code, _content(answer))

    async def _authorization(self, actor: str | None) -> dict[str, str]:
        if actor is None:
            return {}
        if actor not in self._tokens:
            answer = await self._http.post("/api/v1/sessions", json={"username": actor, "password": PASSWORD})
            if answer.status_code not in (200, 201):
                raise SignInRefused(actor, answer.status_code, answer.text)
            self._tokens[actor] = answer.json()["token"]
        return {"Authorization": f"Bearer {self._tokens[actor]}"}

    async def _handed_in(self, actor: str | None, content: Any) -> Any:
        """`content` with each paper of `documents` whose file is written out uploaded, and named by its id."""
        if isinstance(content, list):
            return [await self._handed_in(actor, item) for item in content]
        if not isinstance(content, Mapping):
            return content
        return {
            key: [await self._paper(actor, paper) for paper in value]
            if key == "documents" and isinstance(value, list)
            else await self._handed_in(actor, value)
            for key, value in content.items()
        }

    async def _paper(self, actor: str | None, paper: Any) -> Any:
        found = self._file(paper.get("file")) if isinstance(paper, Mapping) else None
        if found is None:
            return paper
        answer = await self._http.post("/api/v1/files", files={"file": found}, headers=await self._authorization(actor))
        return {**paper, "file": answer.json()["file"] if answer.is_success else ""}

    def _file(self, written: Any) -> tuple[str, bytes] | None:
        """Name and content for `demo`, `{path}` or `{name, text}`; None for what is an id already."""
        if written == "demo":
            return "材料.pdf", demo_paper()
        if isinstance(written, Mapping) and "path" in written:
            path = self._folder / str(written["path"])
            return path.name, path.read_bytes()
        if isinstance(written, Mapping):
            return str(written["name"]), str(written["text"]).encode()
        return None


def _content(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return answer.text
