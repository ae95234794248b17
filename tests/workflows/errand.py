"""The smallest procedures that wait for people."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporalio.exceptions import ApplicationError

    from activities.casework import CaseStart
    from activities.desk import Desk
    from activities.matters import MatterStart

from workflows.anomaly import Anomaly
from workflows.waiting import Procedure, Stage


@workflow.defn(name="errand")
class Errand(Procedure):
    """Two steps, one after the other; ends with how they were answered."""

    @workflow.run
    async def run(self, start: CaseStart) -> list[str]:
        self.application_id = start.application_id
        surveyed = await self.ask("survey", counted_from="2025-03-03")
        reviewed = await self.ask("township_review", counted_from=surveyed.done_on)
        return [surveyed.outcome, reviewed.outcome]


@workflow.defn(name="broken-errand")
class BrokenErrand(Procedure):
    """Something beside the main step breaks while the main step is not waiting for anybody."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self.beside(self._break())
        await self.do(Desk.acknowledge_answer, "before")
        await self.ask("survey", counted_from="2025-03-03")

    async def _break(self) -> None:
        raise ApplicationError("broken")


@workflow.defn(name="staged-errand")
class StagedErrand(Procedure):
    """Two stages; ends with how they were answered, in the order in which the answers came."""

    @workflow.run
    async def run(self, start: CaseStart) -> list[str]:
        self.application_id = start.application_id
        self.answers: list[str] = []
        await self.follow(self._survey)
        return self.answers

    async def _survey(self) -> Stage:
        self.answers.append((await self.ask("survey", counted_from="2025-03-03")).outcome)
        return self._review

    async def _review(self) -> Stage | None:
        self.answers.append((await self.ask("township_review", counted_from="2025-03-03")).outcome)
        return None


@workflow.defn(name="anomaly")
class BriefAnomaly(Anomaly):
    """As in production, with a history of a few checks."""

    CHECKS = 3

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        await super().run(start)
