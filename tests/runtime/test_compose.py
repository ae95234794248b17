"""docker-compose.yml is only parsed here; what it names must exist."""

import re
from typing import Any

import pytest
import yaml

from runtime.embedded.programs import ROOT
from runtime.settings import Settings

VARIABLES = {f"JIUZHU_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


def test_every_setting_named_exists(compose: dict[str, Any]) -> None:
    named = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("JIUZHU_")
    }
    assert "JIUZHU_DATABASE_URL_API" in named
    assert named <= VARIABLES


def test_every_dependency_and_volume_exists(compose: dict[str, Any]) -> None:
    services = compose["services"]
    wanted = {name for service in services.values() for name in service.get("depends_on", {})}
    volumes = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert wanted
    assert wanted <= set(services)
    assert volumes == set(compose["volumes"])


def test_a_service_waited_for_as_healthy_has_a_health_check(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][name]


def test_every_process_of_the_product_is_there(compose: dict[str, Any]) -> None:
    commands = {tuple(service.get("command", ())) for service in compose["services"].values()}
    assert {("jiuzhu", name) for name in ("migrate", "worker", "relay", "api")} <= commands


def test_every_variable_asked_of_the_operator_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    given = {
        line.partition("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if not line.startswith("#")
    }
    assert asked == given


def test_readme_lists_every_setting() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in VARIABLES if f"`{name}`" not in text} == set()
