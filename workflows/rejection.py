"""W02 不予救助告知: the written notice 附件5, its delivery, and the two periods of appeal (A-42, A-68)."""

from datetime import datetime, time, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import CaseStart
    from activities.refusals import Delivered, Issue, Refusals, RemedyDates
    from policy.deadlines import SHANGHAI  # a zone made inside the sandbox is none that datetime takes

from workflows.waiting import Answer, Procedure, UnknownOutcome


@workflow.defn(name="refusal")
class Refusal(Procedure):
    """Ends when both periods of appeal are over. A remedy that is filed is handled in a later version."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self._unacknowledged = list(start.acknowledges)

        decided_on: str = await self.do(Refusals.decided_on, self.application_id)
        issued = await self.ask("refusal_notice", counted_from=decided_on)
        await self.do(Refusals.issue, Issue(self.application_id, issued.done_on))

        delivered = await self._delivered(issued)
        receipt = Delivered(self.application_id, delivered.task_id, delivered.done_on, self.hand_over())
        until: RemedyDates = await self.do(Refusals.delivered, receipt)
        while until.missing:  # a calendar of the year in which a period ends
            await self.supply([until.missing])
            until = await self.do(Refusals.delivered, receipt)
        await workflow.sleep(left_of(until.suit_until, workflow.now()))
        await self.do(Refusals.make_final, self.application_id)

    async def _delivered(self, issued: Answer) -> Answer:
        """Tried again until it is delivered: until then no period of appeal begins."""
        counted_from, round = issued.done_on, 1
        while True:
            answer = await self.ask("delivery", counted_from=counted_from, round=round, term=round)
            match answer.outcome:
                case "delivered":
                    return answer
                case "failed":
                    counted_from, round = answer.done_on, round + 1
                case other:
                    raise UnknownOutcome(other)


def left_of(day: str, now: datetime) -> timedelta:
    """What is left of `day` and the days before it; nothing when a delivery long ago was entered only now (补录)."""
    end = datetime.combine(datetime.fromisoformat(day).date() + timedelta(days=1), time(), SHANGHAI)
    return max(end - now, timedelta())
