"""What opens on the 1st of a month in a division, by procedure: an opener says which matters, and opens nothing itself.

A new procedure with a monthly beginning is one function, kept with its own hands, and one entry in OPENERS. It is asked
for every province, city and county; it answers with nothing where no rule of the place asks for it.
"""

from activities.cycle_opening import sharing_cycle
from activities.high_cost_opening import high_cost_push
from activities.place import Opener, Place
from activities.review_opening import joint_review
from activities.roster_change_opening import adjustment_periods

__all__ = ["OPENERS", "Opener", "Place"]

OPENERS: tuple[Opener, ...] = (sharing_cycle, adjustment_periods, joint_review, high_cost_push)
