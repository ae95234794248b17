"""The page of the procedure says what the code does."""

from policy.steps import every_step
from tests.docs.process_page import PAGE, generated, written


def test_the_tables_of_the_page_are_those_of_the_steps() -> None:
    assert written() == generated(), "write it anew: python -m tests.docs.process_page"


def test_every_step_has_its_place_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [step.kind for step in every_step() if f"`{step.kind}`" not in page] == []
