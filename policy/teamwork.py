"""Who may direct the work of others: hand it out, stop its clock, press for it, stand in for somebody (R-TEAM).

No document says how an office shares its work; these are the house's rules, and none of them answers anything by itself.
"""

from policy.terms import Department, Level, Office, Post, Role

HEADS = (Role.SUPERVISOR, Role.LEADER)
"""Who sees to it that the work of a unit is done."""

_STANDS_IN_FOR = {
    Role.CASEWORKER: (Role.CASEWORKER,),
    Role.SUPERVISOR: (Role.SUPERVISOR, Role.CASEWORKER, Role.LEADER),
    Role.LEADER: (Role.LEADER, Role.SUPERVISOR, Role.CASEWORKER),
}


def may_direct(post: Post, division: str, office: Office) -> bool:
    """Supervisor and leader of the unit in which the task lies."""
    return post.role in HEADS and division == office.division and _same_unit(post, office.post)


def may_press(post: Post, division: str, office: Office) -> bool:
    """Who may urge (催办) and order (督办): the heads of the unit, and supervisors of the levels above whose area it is in.

    Above a township stands medical insurance, as on the ladder.
    """
    if may_direct(post, division, office):
        return True
    above = post.level.rank < office.post.level.rank and office.division.startswith(division)
    department = office.post.department
    if department is Department.TOWNSHIP_GOVERNMENT:
        department = Department.MEDICAL_INSURANCE
    return post.role is Role.SUPERVISOR and above and post.department is department


def may_stand_in_for(substitute: Post, absent: Post) -> bool:
    """The same post; the head of a unit for those below, and supervisor and leader for each other.

    A caseworker never gains, by somebody's absence, the power to approve.
    """
    return _same_unit(substitute, absent) and absent.role in _STANDS_IN_FOR.get(substitute.role, ())


def may_manage_staff(post: Post, division: str, of: Office) -> bool:
    """Who enters that somebody has left: the leader, the supervisor for caseworkers, the administrator of the area."""
    if post.role is Role.ADMINISTRATOR:
        return of.division.startswith(division)
    here = division == of.division and _same_unit(post, of.post)
    return here and (post.role is Role.LEADER or (post.role is Role.SUPERVISOR and of.post.role is Role.CASEWORKER))


def may_close_office(post: Post, division: str, closed: str) -> bool:
    """A leader of medical insurance, for the own division or one inside it, from the county upwards."""
    leads = post.role is Role.LEADER and post.department is Department.MEDICAL_INSURANCE
    return leads and post.level is not Level.TOWNSHIP and closed.startswith(division)


def _same_unit(one: Post, other: Post) -> bool:
    return (one.level, one.department) == (other.level, other.department)
