"""W17: an order to put findings right until it is verified; a major problem reported upward until it is answered.

docs/process/supervision.md is the same in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matters import Matters, MatterStart, Move
    from activities.supervision import Ordered, Reported, Supervision
    from policy.exchange_terms import MatterStatus
    from policy.procedures import Procedure as Name

from workflows.waiting import Answer, MatterProcedure, Stage, UnknownOutcome


@workflow.defn(name=Name.RECTIFICATION.value)
class Rectification(MatterProcedure):
    """ORDER_ISSUED → the county replies → the level that ordered verifies: CLOSED, or RE_ORDERED with another day."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        self._matter_id = self.begin(start)
        await self.follow(self._reply)

    async def _reply(self) -> Stage | None:
        order: Ordered = await self.do(Supervision.ordered, self._matter_id)
        self._order = order
        self._replied = await self.ask("rectification_reply", counted_from=order.ordered_on, due_on=order.due_on)
        self._replied.must_be("replied")
        return self._verify

    async def _verify(self) -> Stage | None:
        verification = await self.ask(
            "rectification_verification", counted_from=self._replied.done_on, post=self._order.post
        )
        match verification.outcome:
            case "verified":
                return self._close
            case "re_order":
                self._another_period()
                return self._reply
            case outcome:
                raise UnknownOutcome(outcome)

    def _another_period(self) -> None:
        """A period of its own for the next round, also when all of this happened on one day."""
        name = "rectification_reply:"
        self._terms[name] = self._terms[name][0], ""

    async def _close(self) -> Stage | None:
        await self.do(Supervision.settle, self._matter_id)
        await self.do(Matters.end, Move(self._matter_id, MatterStatus.VERIFIED.value, self.hand_over()))
        return None


@workflow.defn(name=Name.PROBLEM.value)
class Problem(MatterProcedure):
    """REPORTED → ACKNOWLEDGED → ANSWERED (C-33)."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter_id = self.begin(start)
        report: Reported = await self.do(Supervision.reported, matter_id)
        taken: Answer = await self.ask("problem_ack", counted_from=report.reported_on, post=report.post)
        taken.must_be("acknowledged")
        answered = await self.ask("problem_answer", counted_from=taken.done_on, post=report.post)
        answered.must_be("answered")
        await self.do(Matters.end, Move(matter_id, MatterStatus.ANSWERED.value, self.hand_over()))
