"""Rules that are off until the office confirms them (AMB-18): not repealed, and not known to be still in force."""

from datetime import date
from enum import Enum

from policy.case_facts import Consulted
from policy.rulebook import Basis


class InUse(Enum):
    YES = "yes"
    NO = "no"
    ASK = "ask"


def in_use(law: Consulted, key: str, on: date) -> InUse:
    """Whether the module is in use on `on`. ASK: what is in force is only our reading, and the office has not said.

    Then the key is noted as missing: the case waits for the office's word, and is never refused because of it. A module
    that no entry keeps in force any longer is not in use.
    """
    found = law.look(key, on)
    if found is None:
        return InUse.NO
    if found.basis is Basis.UNCONFIRMED:
        law.lack(key)
        return InUse.ASK
    return InUse.YES if found.value else InUse.NO
