"""W09 高额费用推送 (B-17, D-02): the burdens in, the list out by its day, each receiver's acknowledgement.

The posts named are the county's; a city and the province hold their own, by the same posts of their level.
"""

from policy.exchange_terms import MatterStatus
from policy.fields import Field, Kind
from policy.posts import CIVIL_AFFAIRS_CASEWORKER, COUNTY_CASEWORKER, COUNTY_SUPERVISOR
from policy.step import Outcome, Step

PUSH_BURDEN = Step(
    kind="push_burden",
    label="报送个人累计负担",
    post=COUNTY_CASEWORKER,
    clause="B-17",
    deadline="T-PUSH",
    counted_from="次月1日",
    outcomes=(
        Outcome("loaded", "已报送"),
        Outcome("none", "本月无人员", clause="R-PUSH"),
    ),
    status=MatterStatus.SNAPSHOT,
    period="push",
)
"""`loaded` is answered by the table itself, when it has been taken in."""

PUSH_RELEASE = Step(
    kind="push_release",
    label="高额费用推送复核",
    post=COUNTY_SUPERVISOR,
    clause="D-02",
    deadline="T-PUSH",
    counted_from="次月1日",
    outcomes=(
        Outcome("released", "推送"),
        Outcome("sent_back", "退回重新汇总", (Field("reason", "退回的原因", Kind.TEXT),)),
    ),
    status=MatterStatus.SELECTED,
    period="push",
)
"""Its answer is the push, and meets the deadline."""

PUSH_ACK = Step(
    kind="push_ack",
    label="签收推送名单",
    post=CIVIL_AFFAIRS_CASEWORKER,
    clause="B-17",
    deadline="ACK_WD",
    counted_from="收到推送之日",
    outcomes=(Outcome("acknowledged", "签收"),),
)

PUSH_STEPS: tuple[Step, ...] = (PUSH_BURDEN, PUSH_RELEASE, PUSH_ACK)
