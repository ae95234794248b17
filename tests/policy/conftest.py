import pytest

from policy.rulebook import Rulebook
from tests.policy.rulebooks import shipped


@pytest.fixture(scope="session")
def shanxi() -> Rulebook:
    """A county outside Jincheng with the demonstration values."""
    return shipped("140922")


@pytest.fixture(scope="session")
def yangcheng() -> Rulebook:
    """A county of Jincheng with the demonstration values."""
    return shipped("140522")


@pytest.fixture(scope="session")
def jining() -> Rulebook:
    """A county of Jining, in Shandong, with the demonstration values."""
    return shipped("370829")
