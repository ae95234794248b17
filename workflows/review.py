"""W08: the joint review of a county's month by the 10th of the next (J-14 … J-17).

docs/process/review.md is the same in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matters import Matters, MatterStart, Move
    from activities.review import Checked, Review, Reviews, Standing
    from policy.exchange_terms import MatterStatus
    from policy.procedures import Procedure as Name

from workflows.waiting import MatterProcedure, Stage, UnknownOutcome


@workflow.defn(name=Name.REVIEW.value)
class JointReview(MatterProcedure):
    """Each department checks its own part beside the others; the bureau goes on when all have, or when the day has passed."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        self._matter_id = self.begin(start)
        self._review: Review = await self.go_through(Reviews.gather, self._matter_id)
        for department in self._review.departments:
            self.beside(self._self_check(department))
        await self._departments()
        await self.follow(self._dedup)

    async def _self_check(self, department: str) -> None:
        """Its part is known as returned from here on; a late one may still come while the bureau goes on."""
        answer = await self.ask_beside("self_check", month=self._review.month, post=f"county/{department}/caseworker")
        await self.do(Reviews.returned, Checked(self._matter_id, department, answer.task_id))
        self._nudges += 1

    async def _departments(self) -> None:
        """Until every part is back, or the last day in time is over (the late ones are then named)."""
        while True:
            since = self._nudges
            standing: Standing = await self.do(Reviews.standing, self._matter_id)
            if standing.complete or standing.overdue:
                return
            await self._sleep(since, standing.late_at)

    async def _dedup(self) -> Stage | None:
        checked = await self.ask("review_dedup", counted_from=self._review.month, month=self._review.month)
        checked.must_be("done")
        await self.go_through(Reviews.anomalies_out, self._matter_id)
        return self._summary

    async def _summary(self) -> Stage | None:
        signed = await self.ask("review_summary", counted_from=self._review.month, month=self._review.month)
        match signed.outcome:
            case "signed":
                return self._close
            case "return":
                return self._dedup
            case outcome:
                raise UnknownOutcome(outcome)

    async def _close(self) -> Stage | None:
        """What is still open of a late department is closed with it, and stays named in the summary."""
        await self.do(Matters.end, Move(self._matter_id, MatterStatus.CLOSED.value, self.hand_over()))
        return None
