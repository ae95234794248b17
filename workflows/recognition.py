"""W10 认定反馈: one person of one list, from the push to the identity marked or refused (C-05 … C-07).

docs/process/recognition.md is the same procedure in the office's words. What a department reports for many persons in one
table is in the case already when a stage begins: it is not asked for again.
"""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matters import MatterStart, Move
    from activities.recognition import Case, FedBack, Marked, Recognitions
    from policy.exchange_terms import MatterStatus

from workflows.levels import OwnLevelProcedure
from workflows.waiting import Answer, Interrupted, MatterProcedure, Stage, UnknownOutcome


@workflow.defn(name="recognition")
class Recognition(OwnLevelProcedure):
    """Ends with the mark, or with the day on which it was fed back that nothing is to be marked."""

    case: Case
    feedback: asyncio.Task[Answer] | None
    """The feedback that is asked for from the beginning, where its term counts from the receipt of the push (AMB-4)."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter_id = self.begin(start)
        self.case = await self.do(Recognitions.look_up, matter_id)
        self.level = self.case.level
        while self.case.missing:
            await self.supply([self.case.missing])
            self.case = await self.do(Recognitions.look_up, matter_id)
        self.feedback = None
        if self.case.binds_the_whole:
            self.feedback = asyncio.create_task(self._fed_back(self.case.pushed_on))
        try:
            await self.follow(self._screening)
        except Interrupted:
            return  # the matter was closed as a whole

    async def _screening(self) -> Stage | None:
        """By the department whose list it is: agriculture for 返贫, civil affairs for 致贫; the other is informed (X-10)."""
        answer = await self.ask("screening", counted_from=self.case.pushed_on, post=self._screener)
        match answer.outcome:
            case "candidate":
                return self._recognition(answer)
            case "not_candidate":
                await self._end(MatterStatus.NOT_CANDIDATE)
                return None
            case other:
                raise UnknownOutcome(other)

    def _recognition(self, screened: Answer) -> Stage:
        async def recognition() -> Stage:
            """The department's own procedure, with its survey and its notice; no term of ours."""
            await self._look_again()
            if not self.case.decided_on:
                answer = await self.ask("recognition", counted_from=screened.done_on, post=self._screener)
                if answer.outcome not in ("recognised", "not_recognised"):
                    raise UnknownOutcome(answer.outcome)
                await self._look_again()
            return self._feedback

        return recognition

    async def _feedback(self) -> Stage:
        """Within five working days of the decision, also of who was not recognised (C-07)."""
        if not self.case.fed_back_on:
            answer = await (self.feedback or self._fed_back(self.case.decided_on))
            answer.must_be("fed_back")
            await self._look_again()
        return self._marked

    async def _fed_back(self, counted_from: str) -> Answer:
        return await self.ask("feedback", counted_from=counted_from, post=self._screener)

    async def _marked(self) -> None:
        """Back into the register of identities, from the day that the rule says (C-11); then the chain is closed."""
        if not self.case.recognised:
            return await self._end(MatterStatus.NOT_RECOGNISED)
        fed_back = FedBack(self.application_id, self.case.fed_back_on)
        marked: Marked = await self.do(Recognitions.mark, fed_back)
        while marked.missing:
            await self.supply([marked.missing])
            marked = await self.do(Recognitions.mark, fed_back)
        if marked.in_the_way:
            answer = await self.ask(
                "identity_marking",
                counted_from=self.case.fed_back_on,
                detail={"why": marked.in_the_way},
                post=self.post("medical_insurance", "caseworker"),
            )
            answer.must_be("marked")
        return await self._end(MatterStatus.MARKED)

    @property
    def _screener(self) -> str:
        return self.post(self.case.screened_by, "caseworker")

    async def _look_again(self) -> None:
        self.case = await self.do(Recognitions.look_up, self.application_id)

    async def _end(self, status: MatterStatus) -> None:
        await self.do(Recognitions.end, Move(self.application_id, status.value, self.hand_over()))


@workflow.defn(name="settlement-request")
class SettlementRequest(MatterProcedure):
    """Civil affairs asks for a person's settlements; the bureau provides them or says why not (J-23)."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter_id = self.begin(start)
        asked_on: str = await self.do(Recognitions.asked_on, matter_id)
        answer = await self.ask("settlement_request", counted_from=asked_on)
        if answer.outcome not in ("granted", "refused"):
            raise UnknownOutcome(answer.outcome)
        await self.do(Recognitions.end, Move(matter_id, MatterStatus.ANSWERED.value, self.hand_over()))
