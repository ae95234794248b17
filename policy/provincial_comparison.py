"""The comparison with the province's monitoring list 省级名单比对 (W18, J-22): sides, causes of differences, what is merged."""

from policy.terms import Term


class Side(Term):
    """Where a person is listed."""

    BOTH = "both", "省级和本地均有"
    PROVINCE_ONLY = "province_only", "仅省级有"
    LOCAL_ONLY = "local_only", "仅本地有"

    @property
    def differs(self) -> bool:
        return self is not Side.BOTH


class DifferenceCause(Term):
    """Why a person stands on one list only, as the city has found out by verifying (进一步复核)."""

    LOCAL_MISSED = "local_missed", "本地漏筛，复核属实"
    LATE_SETTLEMENT = "late_settlement", "结算数据时点不同，复核属实"
    NOT_OVER = "not_over", "复核未超过标准"
    OTHER_DEFINITION = "other_definition", "负担口径不同"
    INSURED_ELSEWHERE = "insured_elsewhere", "参保地已变更"
    WRONG_IDENTITY = "wrong_identity", "身份信息有误"
    DECEASED = "deceased", "已死亡"
    PROVINCE_MISSED = "province_missed", "省级未列入，本地复核属实"
    OTHER = "other", "其他"

    @property
    def confirms(self) -> bool:
        """Whether the person belongs on the confirmed list after all."""
        return self in (
            DifferenceCause.LOCAL_MISSED,
            DifferenceCause.LATE_SETTLEMENT,
            DifferenceCause.PROVINCE_MISSED,
        )

    @property
    def sides(self) -> tuple[Side, ...]:
        """Of which differences it can be the cause."""
        match self:
            case DifferenceCause.LOCAL_MISSED:
                return (Side.PROVINCE_ONLY,)
            case DifferenceCause.PROVINCE_MISSED:
                return (Side.LOCAL_ONLY,)
            case _:
                return (Side.PROVINCE_ONLY, Side.LOCAL_ONLY)

    @property
    def needs_words(self) -> bool:
        return self is DifferenceCause.OTHER


def confirmed(side: Side, cause: DifferenceCause | None) -> bool:
    """Whether the person is on the confirmed list: on both, or on one with a cause that says so."""
    return side is Side.BOTH or (cause is not None and cause.confirms)
