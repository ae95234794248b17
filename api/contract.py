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

SUBJECTS = {
    "sessions": "登录：取得令牌",
    "applications": "救助申请：登记、查看、检索",
    "tasks": "待办：查看、领取、办理",
    "decisions": "核定：试算与救助决定",
    "case acts": "案件事项：撤回、更正、转办、重启等",
    "teamwork": "协办：交接、代办、中止、延期、询问",
    "papers": "文书：打印、出具、下载",
    "files": "申请材料：上传、下载",
    "people": "人员：查找、合并、一户（人）一条救助链",
    "payments": "支付",
    "disbursements": "拨款批次：汇总、放行、银行回盘",
    "funds": "基金收支",
    "exchange": "月度信息共享：月度看板、动态调整、异常数据、复核、高额费用推送、认定反馈",
    "uploads": "报送表格：核对、确认、错误回执、模板",
    "partners": "对接：部门系统以密钥报送和取回",
    "supervision": "监测：问题、督促整改、重大问题、共享协议",
    "policy": "政策：期限、标准、参数",
    "divisions": "行政区划",
    "staff": "账号与岗位",
    "health": "运行状况",
}
"""What the operations are about, in the order in which they are shown."""
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
        contract["tags"] = [{"name": name, "description": words} for name, words in SUBJECTS.items()]
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
        if "description" in operation:  # not the name of the function, which says nothing to a stranger
            operation["summary"] = _first_sentence(operation["description"])
        operation["security"] = [] if (method, path) in FOR_ANYBODY else [{BEARER: []}]
        operation["responses"].pop("422", None)
        operation["responses"]["4XX"] = {"$ref": "#/components/responses/Refused"}


def _first_sentence(words: str) -> str:
    return " ".join(words.split()).split(". ")[0].removesuffix(".")


def _operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation
