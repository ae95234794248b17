"""Which two steps of one case may never be the same person's (I2; processes 3.3)."""

FILING = "filing"
"""Filing a case at the counter: not a task, but who filed approves nothing of it."""

_PAIRS = (
    ("survey", "township_review"),
    ("county_review", "county_approval"),
    ("county_review", "county_countersign"),
    ("county_approval", "county_countersign"),
    (FILING, "county_countersign"),
    ("county_approval", "payment_request"),
    ("county_approval", "finance_review"),
    ("payment_request", "finance_review"),
    ("finance_review", "transfer"),
    ("finance_review", "payment_query"),
    ("finance_review", "transfer_countersign"),
    ("finance_review", "account_correction"),
    ("transfer", "transfer_countersign"),
    ("transfer", "account_correction"),
    ("transfer", "bank_inquiry"),
    ("county_approval", "account_correction"),
    ("county_approval", "transfer_countersign"),
    (FILING, "transfer_countersign"),
    ("acceptance", "refusal_review"),
    (FILING, "refusal_review"),
    (FILING, "township_review"),
    (FILING, "county_approval"),
    (FILING, "finance_review"),
    (FILING, "transfer"),
    ("push_burden", "push_release"),
)


def barred_by(kind: str) -> frozenset[str]:
    """The steps whose doer may not do `kind` on the same case."""
    return frozenset(a if b == kind else b for a, b in _PAIRS if kind in (a, b))
