"""The joint review of a month 集中复核 (W08, J-14 … J-17): what counts as newly confirmed, and what a review says of a row."""

from collections import Counter
from collections.abc import Iterable, Mapping

from policy.terms import Term


class ReviewChange(Term):
    """What was newly confirmed about a person in the month (J-14)."""

    ADDED = "added", "新增"
    EXITED = "exited", "退出"
    CHANGED = "changed", "身份变更"


class ReviewMark(Term):
    """What the medical-insurance bureau says of a row when it removes duplicates and false records (J-16)."""

    KEPT = "kept", "核实无误"
    DUPLICATE = "duplicate", "重复"
    FALSE_RECORD = "false_record", "不真实"
    ANOMALY = "anomaly", "身份异常，回传核实"

    @property
    def counts(self) -> bool:
        """Whether the summary counts the row: each person once, and only what is true (确保信息唯一真实)."""
        return self is ReviewMark.KEPT


def summary(rows: Iterable[tuple[ReviewChange, ReviewMark]]) -> Mapping[str, int]:
    """How many rows of each kind the summary has, how many it has in all, and how many were left out."""
    every = list(rows)
    kept = Counter(change for change, mark in every if mark.counts)
    return {
        **{change.value: kept[change] for change in ReviewChange},
        "rows": sum(kept.values()),
        "left_out": len(every) - sum(kept.values()),
    }


def tally(rows: Iterable[tuple[ReviewChange, ReviewMark]]) -> Mapping[str, int]:
    """What the bureau said of a department's rows: by change those that count, by mark those that do not."""
    every = list(rows)
    kept = Counter(change for change, mark in every if mark.counts)
    out = Counter(mark for _change, mark in every if not mark.counts)
    return {
        **{change.value: kept[change] for change in ReviewChange},
        **{mark.value: out[mark] for mark in ReviewMark if not mark.counts},
    }
