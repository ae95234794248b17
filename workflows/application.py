"""W01 依申请救助: one application, from the counter to the approved amount or the refusal (A-37 … A-41, A-13 … A-20).

docs/process/application.md is the same procedure in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import Assessed, Case, CaseStart, Casework, Ending, Posting
    from policy.terms import ApplicationStatus, Level

from workflows.waiting import Answer, Procedure, UnknownOutcome


@workflow.defn(name="application")
class Application(Procedure):
    """Ends when the case is paid, refused or withdrawn; the payment and the written refusal are procedures of their own."""

    case: Case

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self.case = await self.do(Casework.look_up, self.application_id)

        accepted = await self._accepted()
        if accepted is None:
            return

        surveyed = await self.ask("survey", counted_from=accepted.done_on)
        surveyed.must_be("recorded")
        reviewed = await self.ask("township_review", counted_from=accepted.done_on)
        if reviewed.outcome == "not_eligible":
            return await self._refuse(Level.TOWNSHIP, reviewed)
        reviewed.must_be("eligible")

        posted = await self.ask("township_notice", counted_from=reviewed.done_on)
        shown = await self._shown(Level.TOWNSHIP, posted)

        forwarded = await self.ask("forwarding", counted_from=shown.counted_from)
        decided = await self._decided(forwarded)
        if decided.outcome == "refuse":
            return await self._refuse(Level.COUNTY, decided)
        decided.must_be("approve")

        posted = await self.ask("county_notice", counted_from=decided.done_on)
        shown = await self._shown(Level.COUNTY, posted)

        await self.do(Casework.make_payable, self._ending(Level.COUNTY, shown))
        await self.until(self._paid)

    async def _accepted(self) -> Answer | None:
        """The acceptance, with a supplement before it where papers are missing; None where the case ends here (A-37)."""
        counted_from, round, term = self.case.submitted_on, 1, 1
        while True:
            answer = await self.ask("acceptance", counted_from=counted_from, round=round, term=term)
            match answer.outcome:
                case "accept":
                    await self.do(Casework.accepted, self._dated(answer))
                    return answer
                case "accept_with_pending":
                    await self.do(Casework.accepted, self._dated(answer))
                    self.beside(self._pending_papers(answer))
                    return answer
                case "ask_supplement":
                    supplied = await self._supplemented(answer, round)
                    if supplied is None:
                        return None
                    counted_from, term = supplied.done_on, term + 1
                case "refuse":
                    reviewed = await self.ask("refusal_review", counted_from=counted_from, round=round, term=term)
                    if reviewed.outcome == "confirmed":
                        await self._refuse(Level.TOWNSHIP, answer, decided_on=reviewed.done_on)
                        return None
                case other:
                    raise UnknownOutcome(other)
            round += 1

    async def _supplemented(self, asked: Answer, round: int) -> Answer | None:
        """The papers that the applicant was told of once; None when the application was withdrawn."""
        answer = await self.ask("supplement", counted_from=asked.done_on, round=round, term=round)
        match answer.outcome:
            case "supplied":
                return answer
            case "withdrawn":
                await self.do(Casework.withdraw, self._ending(Level.TOWNSHIP, answer))
                return None
            case other:
                raise UnknownOutcome(other)

    async def _pending_papers(self, accepted: Answer) -> None:
        """容缺 (B-19): the papers that may follow, beside the main step."""
        await self.ask_beside("pending_papers", counted_from=accepted.done_on)

    async def _shown(self, level: Level, posted: Answer) -> Answer:
        """The public notice, from its posting to the confirmation that nobody has objected (A-40, A-41)."""
        notice = Posting(self.application_id, level.value, 1, posted.done_on)
        await self.do(Casework.post_notice, notice)
        result, key = _NOTICES[level]
        confirmed = await self.ask(result, counted_from=posted.done_on, notice_key=key)
        confirmed.must_be("no_objection")
        closing = Posting(self.application_id, level.value, 1, confirmed.done_on, confirmed.outcome)
        await self.do(Casework.close_notice, closing)
        return confirmed

    async def _decided(self, forwarded: Answer) -> Answer:
        """The county's review by one person and its approval by another (A-41). The amount is computed beforehand."""
        assessed: Assessed = await self.do(Casework.assess, self.application_id)
        if assessed.missing:
            self.beside(self._gaps_filled(assessed))
        await self.ask("county_review", counted_from=forwarded.done_on)
        return await self.ask("county_approval", counted_from=forwarded.done_on)

    async def _gaps_filled(self, assessed: Assessed) -> None:
        """Until every parameter is there no amount is proposed; the review's own due date runs on (A-05)."""
        while assessed.missing:
            await self.supply(assessed.missing, known_at=assessed.made_at)
            assessed = await self.do(Casework.assess, self.application_id)

    async def _refuse(self, level: Level, answer: Answer, *, decided_on: str = "") -> None:
        """Hands over to W02: the township's written notice (A-42). `answer` holds the provisions and the reason."""
        ending = self._ending(level, answer)
        await self.do(Casework.refuse, Ending(**{**vars(ending), "day": decided_on or answer.done_on}))

    async def _paid(self) -> bool:
        case: Case = await self.do(Casework.look_up, self.application_id)
        return case.status == ApplicationStatus.PAID.value

    def _ending(self, level: Level, answer: Answer) -> Ending:
        return Ending(self.application_id, answer.task_id, level.value, answer.done_on, self.hand_over())

    def _dated(self, answer: Answer) -> Ending:
        return Ending(self.application_id, answer.task_id, Level.TOWNSHIP.value, answer.done_on)


_NOTICES = {
    Level.TOWNSHIP: ("township_notice_result", "PUB_TWP_DAYS"),
    Level.COUNTY: ("county_notice_result", "PUB_CTY_WD"),
}
"""The task that confirms the notice's result, and the key of the notice's length."""
