"""The counter as a random person uses it, one request after the other: signed in once each, papers handed in as files."""

from typing import Any

import httpx2

from runtime.story.paper import demo_paper
from store.demonstration import PASSWORD

PATIENCE = 30.0
REFUSALS = (403, 404, 409, 422)
TAKEN = (200, 201, 202)


class Counter:
    """For a thread of its own, beside the loop that supervises the house."""

    def __init__(self, address: str) -> None:
        self._http = httpx2.Client(base_url=address, timeout=PATIENCE, trust_env=False)
        self._tokens: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        self._http.close()

    def post(self, actor: str, path: str, content: Any, **headers: str) -> tuple[int, Any]:
        """Status and content. Whatever a person does is taken or refused in so many words: never an error of the house."""
        sent = {"Prefer": "wait=20", **headers, **self._signed_in(actor)}
        answer = self._http.post(f"/api/v1{path}", json=content, headers=sent)
        told = (actor, path, content, answer.status_code, answer.text[:600])
        assert answer.status_code in (*TAKEN, *REFUSALS), told
        said = answer.json()
        if answer.status_code in REFUSALS:
            assert said["type"].startswith("/problems/"), told
            assert said["title"], told
        return answer.status_code, said

    def get(self, actor: str, path: str) -> Any:
        answer = self._http.get(f"/api/v1{path}", headers=self._signed_in(actor))
        assert answer.status_code == 200, (actor, path, answer.status_code, answer.text[:600])
        return answer.json()

    def hand_in(self, actor: str) -> str:
        """One paper; the id of its file."""
        answer = self._http.post(
            "/api/v1/files", files={"file": ("材料.pdf", demo_paper())}, headers=self._signed_in(actor)
        )
        assert answer.status_code in TAKEN, answer.text
        return str(answer.json()["file"])

    def hand_in_table(self, actor: str, kind: str, content: bytes) -> str:
        """A table of an office; the id of its upload."""
        answer = self._http.post(
            "/api/v1/uploads",
            files={"file": ("名单.csv", content)},
            data={"kind": kind},
            headers=self._signed_in(actor),
        )
        assert answer.status_code in TAKEN, answer.text
        return str(answer.json()["id"])

    def _signed_in(self, actor: str) -> dict[str, str]:
        if actor not in self._tokens:
            answer = self._http.post("/api/v1/sessions", json={"username": actor, "password": PASSWORD})
            assert answer.status_code in TAKEN, (actor, answer.text)
            self._tokens[actor] = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self._tokens[actor]
