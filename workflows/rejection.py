"""W02 不予救助告知: the written notice 附件5, its delivery, and the two periods of appeal (A-42, A-68)."""

from datetime import datetime, time, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import CaseStart
    from activities.refusals import Delivered, Issue, Refusals, RemedyDates, Result, Standing
    from policy.deadlines import SHANGHAI  # a zone made inside the sandbox is none that datetime takes

from workflows.waiting import Answer, Procedure, Stage, UnknownOutcome


@workflow.defn(name="refusal")
class Refusal(Procedure):
    """Ends when both periods of appeal are over, the last remedy has failed, or the case is reopened."""

    counted_from: str

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self._unacknowledged = list(start.acknowledges)
        self.counted_from = await self.do(Refusals.decided_on, self.application_id)
        await self.follow(self._notice)

    async def _notice(self) -> Stage:
        """The township issues it, also for the county's refusals (AMB-9)."""
        issued = await self.ask("refusal_notice", counted_from=self.counted_from)
        issued.must_be("issued")
        paper = Issue(self.application_id, issued.done_on)
        missing: str = await self.do(Refusals.issue, paper)
        while missing:  # the words of the paper
            await self.supply([missing])
            missing = await self.do(Refusals.issue, paper)
        self.counted_from = issued.done_on
        return self._delivery

    async def _delivery(self) -> Stage:
        """Tried again until it is delivered: until then no period of appeal begins."""
        answer = await self.ask("delivery", counted_from=self.counted_from)
        match answer.outcome:
            case "delivered":
                await self._received(answer)
                return self._appeal
            case "failed":
                self.counted_from = answer.done_on
                return self._delivery
            case other:
                raise UnknownOutcome(other)

    async def _received(self, answer: Answer) -> None:
        receipt = Delivered(self.application_id, answer.task_id, answer.done_on, self.hand_over())
        until: RemedyDates = await self.do(Refusals.delivered, receipt)
        while until.missing:  # a calendar of the year in which a period ends
            await self.supply([until.missing])
            until = await self.do(Refusals.delivered, receipt)

    async def _appeal(self) -> Stage | None:
        """Until both periods are over, or a reconsideration or suit has been filed; a moved date is seen at the next nudge."""
        while True:
            since = self._nudges
            standing: Standing = await self.do(Refusals.standing, self.application_id)
            if standing.filed_on:
                self.counted_from = standing.filed_on
                return self._remedy_result
            over = end_of(standing.until)
            if over <= workflow.now():
                filed_meanwhile: bool = await self.do(Refusals.make_final, self.application_id)
                if not filed_meanwhile:
                    return None
                continue
            await self._sleep(since, over.isoformat())

    async def _remedy_result(self) -> Stage | None:
        """What the reconsidering office or the court has decided."""
        answer = await self.ask("remedy_result", counted_from=self.counted_from)
        result = Result(self.application_id, answer.task_id, answer.outcome, answer.done_on, self.hand_over())
        match answer.outcome:
            case "upheld":
                missing: str = await self.do(Refusals.upheld, result)
                while missing:
                    await self.supply([missing])
                    missing = await self.do(Refusals.upheld, result)
                return self._appeal
            case "dropped":
                await self.do(Refusals.dropped, result)
                return self._appeal
            case "reopened":
                await self.do(Refusals.reopened, result)
                return None
            case other:
                raise UnknownOutcome(other)


def end_of(day: str) -> datetime:
    """24:00 of that day in Shanghai."""
    return datetime.combine(datetime.fromisoformat(day).date() + timedelta(days=1), time(), SHANGHAI)
