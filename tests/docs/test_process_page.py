"""The pages of the procedures say what the code does."""

import pytest

from policy.steps import every_step
from tests.docs.process_page import PAGES, generated, text_of, written


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_the_page_are_those_of_the_steps(page: str) -> None:
    assert written(page) == generated(page), "write it anew: python -m tests.docs.process_page"


def test_every_step_has_its_place_on_a_page() -> None:
    pages = "\n".join(text_of(page) for page in PAGES)
    assert [step.kind for step in every_step() if f"`{step.kind}`" not in pages] == []
