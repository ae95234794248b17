"""One of each notice, as the ladder would send it for an invented case in 阳城县."""

from datetime import date
from typing import Any

from notifications.catalog import (
    CaseCopied,
    DueSoon,
    DueToday,
    EscalatedTask,
    EscalatedToCity,
    EscalatedToProvince,
    EscalationDigest,
    ExtensionAsked,
    ExtensionDecided,
    LiaisonEnding,
    Notice,
    OrderIssued,
    Overdue,
    RectificationOrdered,
    RefusalToDeliver,
    ReplyReceived,
    TaskDigest,
    TaskHandedOver,
    TaskLine,
    TasksInherited,
    TaskUrged,
)

SURVEY_LINK = "http://127.0.0.1:8000/tasks/0199f2c4-7a10-7c3e-9b1d-3f5a6e7d8c90"

survey = {
    "recipient": "阳城县北留镇乡镇（街道）审核人",
    "division_name": "阳城县北留镇",
    "link": SURVEY_LINK,
    "grounds": ("晋医保发〔2019〕46号 三（十一）", "入户调查期限10个工作日（本地设置）"),
    "late_by": None,
    "vacant_post": None,
    "demonstration": False,
    "case_number": "14052210020250001",
    "task_label": "入户调查",
    "nominal": date(2025, 10, 13),
    "work_target": date(2025, 10, 13),
    "working_days_late": 0,
}

DIGEST = TaskDigest(
    recipient="阳城县县级医疗保障经办人",
    division_name="阳城县",
    link="http://127.0.0.1:8000/tasks?box=office",
    grounds=(),
    late_by=None,
    vacant_post=None,
    demonstration=True,
    tasks=(
        TaskLine(kind_label="县级审核", case_number="14052210020250001", due=date(2025, 4, 7), link=SURVEY_LINK),
        TaskLine(kind_label="缺少参数", case_number="14052210120250002", due=None, link=SURVEY_LINK),
    ),
)

act: dict[str, Any] = {
    "recipient": "阳城县北留镇乡镇（街道）经办人",
    "division_name": "阳城县北留镇",
    "link": SURVEY_LINK,
    "grounds": ("本地设置 协同办理",),
    "late_by": None,
    "vacant_post": None,
    "demonstration": False,
    "case_number": "14052210020250001",
    "task_label": "入户调查",
    "due": date(2025, 10, 13),
    "by": "阳城县北留镇乡镇（街道）审核人",
}

SAMPLES: dict[str, Notice] = {
    notice.name: notice
    for notice in (
        DIGEST,
        DueSoon(**survey),
        DueToday(**(survey | {"nominal": date(2025, 10, 12), "work_target": date(2025, 10, 11)})),
        Overdue(
            **(survey | {"working_days_late": 1, "late_by": "应于2025年10月14日09:00发出，因系统停运，于当日15:20补发"})
        ),
        EscalatedToCity(
            **(
                survey
                | {
                    "recipient": "晋城市市级医疗保障负责人",
                    "working_days_late": 3,
                    "vacant_post": "晋城市市级医疗保障审核人",
                }
            )
        ),
        EscalatedToProvince(
            **(survey | {"recipient": "山西省省级医疗保障审核人", "working_days_late": 5, "demonstration": True})
        ),
        EscalationDigest(
            recipient="山西省省级民政审核人",
            division_name="阳城县等2处",
            link="http://127.0.0.1:8000/",
            grounds=(),
            late_by=None,
            vacant_post=None,
            demonstration=True,
            level="省级",
            tasks=(
                EscalatedTask(
                    division_name="阳城县",
                    task_label="向医保部门共享名单",
                    case_number="阳城县2025年8月",
                    nominal=date(2025, 8, 31),
                    work_target=date(2025, 8, 29),
                    working_days_late=5,
                    grounds=("晋医保办发〔2025〕3号 五",),
                    link=SURVEY_LINK,
                    late_by=None,
                    vacant_post=None,
                ),
                EscalatedTask(
                    division_name="万荣县",
                    task_label="向医保部门共享名单",
                    case_number="万荣县2025年8月",
                    nominal=date(2025, 8, 31),
                    work_target=date(2025, 8, 29),
                    working_days_late=5,
                    grounds=("晋医保办发〔2025〕3号 五", "本地设置 信息共享"),
                    link=SURVEY_LINK,
                    late_by="本通知应于2025-09-05 09:00发出，实际于2025-09-05 15:20发出",
                    vacant_post="山西省省级民政负责人",
                ),
            ),
        ),
        RefusalToDeliver(
            **(
                survey
                | {
                    "recipient": "阳城县北留镇乡镇（街道）经办人",
                    "grounds": ("晋医保发〔2019〕46号 三（十一）", "晋医保发〔2019〕46号 附件5"),
                    "task_label": "送达登记",
                    "nominal": date(2025, 4, 17),
                    "work_target": date(2025, 4, 17),
                    "notice_number": "〔2025〕第3号",
                    "issued_on": date(2025, 4, 10),
                }
            )
        ),
        TaskHandedOver(**act, how="指派给您"),
        TasksInherited(
            recipient="阳城县县级医疗保障经办人",
            division_name="阳城县",
            link="http://127.0.0.1:8000/inbox?box=mine",
            grounds=("本地设置 协同办理",),
            late_by=None,
            vacant_post=None,
            demonstration=False,
            left="阳城县医疗保障局经办人",
            tasks=DIGEST.tasks,
        ),
        TaskUrged(**(act | {"by": "晋城市市级医疗保障审核人"})),
        OrderIssued(**(act | {"by": "晋城市市级医疗保障审核人", "due": date(2025, 10, 16)})),
        ReplyReceived(**(act | {"recipient": "晋城市市级医疗保障审核人"}), what="督办回复"),
        ExtensionAsked(**(act | {"by": "阳城县北留镇乡镇（街道）经办人"}), days=3),
        ExtensionDecided(**(act | {"due": date(2025, 10, 16)}), approved=True),
        CaseCopied(
            **{name: value for name, value in act.items() if name not in ("task_label", "due", "grounds")},
            grounds=(),
        ),
        LiaisonEnding(
            recipient="阳城县县级民政审核人",
            division_name="阳城县",
            link="http://127.0.0.1:8000/liaisons/0199f2c4-7a10-7c3e-9b1d-3f5a6e7d8c91",
            grounds=("晋医保办发〔2025〕3号 三",),
            late_by=None,
            vacant_post=None,
            demonstration=False,
            office="阳城县民政局",
            last_day=date(2026, 2, 28),
        ),
        RectificationOrdered(
            recipient="阳城县县级医疗保障审核人",
            division_name="阳城县",
            link="http://127.0.0.1:8000/tasks/0199a0c2-0000-7000-8000-000000000007",
            grounds=("晋医保办发〔2025〕3号 五",),
            late_by=None,
            vacant_post=None,
            demonstration=False,
            number="14-2025-003",
            by="山西省医疗保障局",
            findings=("当月未完成信息共享", "未按期推送高额费用名单"),
            due=date(2025, 10, 16),
            round=2,
        ),
    )
}
