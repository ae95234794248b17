"""Procedures that have been changed without a patch marker, so that the replay can be seen to fail."""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import Assessed, CaseStart, Casework

from workflows.application import Application
from workflows.waiting import Answer, Stage

_ROUND = {"survey": "township_review", "township_review": "survey"}


@workflow.defn(name="application")
class ReviewedBeforeTheSurvey(Application):
    """Two human steps changed round: the same activities in the same order, asked for other steps."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        await super().run(start)

    async def ask(self, kind: str, *, counted_from: str = "", **details: Any) -> Answer:
        return await super().ask(_ROUND.get(kind, kind), counted_from=counted_from, **details)


@workflow.defn(name="application")
class AssessedAfterTheReview(Application):
    """The computation moved behind the county's review."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        await super().run(start)

    async def _assessed(self) -> Stage | None:
        return await self._county_review()

    async def _county_review(self) -> Stage:
        following = await super()._county_review()
        assessed: Assessed = await self.do(Casework.assess, self.application_id)
        del assessed
        return following


@workflow.defn(name="application")
class SleepsBeforehand(Application):
    """A pause in front of everything."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        await workflow.sleep(60)
        await super().run(start)
