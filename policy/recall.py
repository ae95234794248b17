"""Which answers may be taken back (撤回, R-RECALL), and which step must then still be waiting untouched.

An answer that ends the case, hands it to another office for good or stops a notice is not among them: it has its own remedy.
"""

from collections.abc import Mapping

FOLLOWED_BY: Mapping[tuple[str, str], frozenset[str]] = {
    ("acceptance", "accept"): frozenset({"survey", "county_review"}),
    ("acceptance", "accept_with_pending"): frozenset({"survey", "county_review"}),
    ("acceptance", "ask_supplement"): frozenset({"supplement"}),
    ("survey", "recorded"): frozenset({"township_review"}),
    ("survey", "absent"): frozenset({"survey"}),
    ("township_review", "eligible"): frozenset({"township_notice"}),
    ("township_notice", "posted"): frozenset({"township_notice_result"}),
    ("forwarding", "forwarded"): frozenset({"county_review"}),
    ("returned_file", "forwarded"): frozenset({"county_review"}),
    ("county_review", "propose_approval"): frozenset({"county_approval"}),
    ("county_review", "propose_refusal"): frozenset({"county_approval"}),
    ("county_review", "return"): frozenset({"returned_file"}),
    ("county_approval", "approve"): frozenset({"county_notice", "county_countersign"}),
    ("county_notice", "posted"): frozenset({"county_notice_result"}),
}
"""By kind and outcome: the kinds of task that may follow."""


def recallable(kind: str, outcome: str) -> bool:
    return (kind, outcome) in FOLLOWED_BY


def may_follow(kind: str, outcome: str, following: str) -> bool:
    """Whether `following` is what that answer led to."""
    return following in FOLLOWED_BY.get((kind, outcome), frozenset())
