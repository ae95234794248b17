"""The step of W18: the city verifies each difference between the province's list and its counties' own (J-22)."""

from policy.exchange_terms import MatterStatus
from policy.fields import Field, Kind
from policy.posts import CITY_CASEWORKER
from policy.step import Outcome, Step

DIFFERENCE_CAUSES = Step(
    kind="difference_causes",
    label="复核名单差异",
    post=CITY_CASEWORKER,
    clause="J-22",
    deadline="COMPARISON_WD",
    counted_from="比对之日",
    status=MatterStatus.COMPARED,
    outcomes=(
        Outcome(
            "explained",
            "差异均已复核，确认名单",
            (Field("opinion", "复核意见", Kind.TEXT, required=False),),
            clause="J-22",
        ),
    ),
)
"""Taken only when every difference has its cause."""

COMPARISON_STEPS: tuple[Step, ...] = (DIFFERENCE_CAUSES,)
