"""The contract of the counter for programs, as OpenAPI: what the framework finds out, and what it cannot know."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.errors import PROBLEM
from api.measures import API
from api.rest import applications

BEARER = "bearer"
FOR_ANYBODY = {("post", f"{API}/sessions"), ("get", "/healthz"), ("get", "/readyz"), ("get", "/version")}
THE_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")

TEXT = {"type": "string"}
PROBLEM_SHAPE: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `type` is stable; further members hold codes and dates for programs.",
    "type": "object",
    "required": ["type", "title", "title_en", "status", "detail", "errors"],
    "properties": {
        "type": {**TEXT, "examples": ["/problems/wrong-fields"]},
        "title": {**TEXT, "description": "中文"},
        "title_en": {**TEXT, "description": "the same in English"},
        "status": {"type": "integer"},
        "detail": TEXT,
        "clause": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "zh", "en", "clause"],
                "properties": {
                    "pointer": {**TEXT, "description": "JSON pointer into what was sent"},
                    "zh": TEXT,
                    "en": TEXT,
                    "clause": {"type": ["string", "null"]},
                },
            },
        },
    },
}
REFUSED = {
    "description": "Refused: who may not, what is wrong, or what has changed meanwhile",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def complete(app: FastAPI) -> None:
    """Completes what the framework publishes: who must sign in, how a refusal looks, and the shape of an application."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        contract = generate()
        components = contract["components"]
        components["securitySchemes"] = {BEARER: {"type": "http", "scheme": "bearer"}}
        components["responses"] = {"Refused": REFUSED}
        _describe_filing(components["schemas"])
        _describe_refusals(contract)
        return contract

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's own way to extend the contract


def _describe_filing(schemas: dict[str, Any]) -> None:
    """The parts of an application's shape, which its endpoint reads by itself."""
    schemas |= applications.PARTS


def _describe_refusals(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    schemas["Problem"] = PROBLEM_SHAPE
    for name in THE_FRAMEWORKS_OWN:
        schemas.pop(name, None)
    for method, path, operation in _operations(contract):
        operation["security"] = [] if (method, path) in FOR_ANYBODY else [{BEARER: []}]
        operation["responses"].pop("422", None)
        operation["responses"]["4XX"] = {"$ref": "#/components/responses/Refused"}


def _operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation
