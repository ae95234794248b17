"""What the three levels share of a procedure that each of them holds for its own persons."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from policy.terms import Level

from workflows.waiting import Answer, MatterProcedure


class OwnLevelProcedure(MatterProcedure):
    """Counties, cities and the province each hold their own: tasks go to the posts of `level`."""

    level: str = Level.COUNTY.value

    def post(self, department: str, role: str) -> str:
        """county/civil_affairs/caseworker, as `ask` wants it."""
        return f"{self.level}/{department}/{role}"

    async def ask_beside(self, kind: str, *, counted_from: str = "", **details: Any) -> Answer:
        """What is missing for the province's own is asked of the province: there is no city above it."""
        if self.level == Level.PROVINCE.value and kind in ("missing_parameter", "confirm_module"):
            details.setdefault("post", self.post("medical_insurance", "supervisor"))
        return await super().ask_beside(kind, counted_from=counted_from, **details)
