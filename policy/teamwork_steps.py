"""Questions beside the main step: an order from above (督办) and a second opinion (会签). Neither holds anything up."""

from policy.fields import Field, Kind
from policy.posts import COUNTY_CASEWORKER
from policy.step import Outcome, Step

ORDER_REPLY = Step(
    kind="order_reply",
    label="督办回复",
    post=COUNTY_CASEWORKER,
    clause="R-TEAM",
    deadline="ORDER_WD",
    counted_from="督办之日",
    outcomes=(Outcome("replied", "已回复", (Field("text", "回复内容", Kind.TEXT),)),),
)
"""Asked of the post whose task the order is about; due on the day that the order names."""

SECOND_OPINION = Step(
    kind="second_opinion",
    label="会签意见",
    post=COUNTY_CASEWORKER,
    clause="R-TEAM",
    deadline="OPINION_WD",
    counted_from="提请会签之日",
    outcomes=(
        Outcome("given", "提出意见", (Field("opinion", "会签意见", Kind.TEXT),)),
        Outcome("declined", "不提意见", (Field("reason", "不提意见的原因", Kind.TEXT, required=False),)),
    ),
)
"""Asked of a post that who has to decide has named."""

TEAMWORK_STEPS = (ORDER_REPLY, SECOND_OPINION)
