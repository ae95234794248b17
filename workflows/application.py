"""W01 依申请救助: one application, from the counter to the approved amount or the refusal (A-37 … A-41, A-13 … A-20).

docs/process/application.md is the same procedure in the office's words. Each method below is one step: it asks for it and
names the step that follows.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.case_endings import Endings
    from activities.casework import Accepted, Assessed, Case, CaseStart, Casework, Ending
    from activities.desk import Desk, Pause
    from activities.public_notices import Dismissal, Posting, PublicNotices, Reposting
    from policy.terms import ApplicationStatus, Level

from workflows.waiting import Answer, Interrupted, Procedure, Stage, UnknownOutcome

MOVED = "moved"


@workflow.defn(name="application")
class Application(Procedure):
    """Ends when the case is paid, refused, withdrawn or lapsed; payment and written refusal are procedures of their own.

    A case that is reopened runs again under an id of its own, from the step that was named, and keeps its history.
    """

    case: Case
    accepted: Answer
    refused: Answer
    level: Level
    received_on: str
    """From which day the acceptance is due: submission, the papers' coming, the reopening."""
    survey_from: str
    pending_from: str
    forwarded_on: str
    notice_due_from: str
    posted_on: str
    objected_on: str
    postings: dict[Level, int]

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self._unacknowledged = list(start.acknowledges)
        self.case = await self.do(Casework.look_up, self.application_id)
        self.received_on = self.survey_from = self.forwarded_on = self.pending_from = self.case.received_on
        self.level, self.postings = Level.TOWNSHIP, {Level.TOWNSHIP: 0, Level.COUNTY: 0}
        if self.case.pending_papers and self.case.accepted:
            self.beside(self._pending_papers())  # reopened, and they have still not come
        stage: Stage | None = self._beginnings()[self.case.resume_at]
        while stage is not None:
            try:
                return await self.follow(stage)
            except Interrupted as happened:
                stage = await self._moved() if happened.reason == MOVED else None

    def _beginnings(self) -> dict[str, Stage]:
        return {"acceptance": self._acceptance, "survey": self._survey, "county_review": self._assessed}

    async def _acceptance(self) -> Stage | None:
        """The township's check of the papers; what is missing is said once (A-37), some may follow (容缺, B-19)."""
        answer = await self.ask("acceptance", counted_from=self.received_on)
        match answer.outcome:
            case "accept":
                return await self._accepted(answer)
            case "accept_with_pending":
                self.pending_from = answer.done_on
                self.beside(self._pending_papers())
                return await self._accepted(answer)
            case "ask_supplement":
                self.accepted = answer
                return self._supplement
            case "transfer":
                await self.do(Casework.move, self._ending(answer))
                return self._acceptance
            case "refuse":
                self.refused = answer
                return self._refusal_review
            case other:
                raise UnknownOutcome(other)

    async def _accepted(self, answer: Answer) -> Stage:
        """On to the survey; a person marked already on the day of settlement goes directly to the county (A-43, D-23)."""
        self.accepted, self.survey_from, self.forwarded_on = answer, answer.done_on, answer.done_on
        accepted: Accepted = await self.do(Casework.accepted, self._ending(answer))
        while accepted.missing:
            await self.supply([accepted.missing])
            accepted = await self.do(Casework.accepted, self._ending(answer))
        return self._assessed if accepted.direct else self._survey

    async def _supplement(self) -> Stage | None:
        answer = await self.ask("supplement", counted_from=self.accepted.done_on)
        match answer.outcome:
            case "supplied":
                self.received_on = answer.done_on
                return self._acceptance
            case "withdrawn":
                await self.do(Endings.withdraw, self._closing(answer))
                return None
            case "lapsed":
                await self.do(Endings.lapse, self._closing(answer))
                return None
            case other:
                raise UnknownOutcome(other)

    async def _pending_papers(self) -> None:
        """容缺 (B-19): the papers that may follow, beside the main step."""
        await self.ask_beside("pending_papers", counted_from=self.pending_from)

    async def _refusal_review(self) -> Stage | None:
        reviewed = await self.ask("refusal_review", counted_from=self.received_on)
        if reviewed.outcome == "sent_back":
            return self._acceptance
        reviewed.must_be("confirmed")
        return await self._refuse(self.refused, decided_on=reviewed.done_on)

    async def _survey(self) -> Stage:
        """At home, every applicant (A-39): again when nobody was there, by others when a surveyor is related."""
        answer = await self.ask("survey", counted_from=self.survey_from)
        match answer.outcome:
            case "recorded":
                return self._township_review
            case "absent" | "recused":
                return self._survey
            case other:
                raise UnknownOutcome(other)

    async def _township_review(self) -> Stage | None:
        reviewed = await self.ask("township_review", counted_from=self.survey_from)
        if reviewed.outcome == "not_eligible":
            return await self._refuse(reviewed)
        reviewed.must_be("eligible")
        self.notice_due_from = reviewed.done_on
        return self._township_notice

    async def _township_notice(self) -> Stage:
        await self._post(await self.ask("township_notice", counted_from=self.notice_due_from), Level.TOWNSHIP)
        return self._township_notice_result

    async def _township_notice_result(self) -> Stage:
        """Nobody has objected by the end of the notice; an objection stops it at once (A-40)."""
        result = await self.ask("township_notice_result", counted_from=self.posted_on, notice_key="PUB_TWP_DAYS")
        await self.do(PublicNotices.close_notice, self._posting(Level.TOWNSHIP, result))
        return self._objection(Level.TOWNSHIP, result) or self._forwarding

    async def _objection_review(self) -> Stage | None:
        """The re-survey: an objection that holds is a refusal at the township, a new review at the county."""
        reviewed = await self.ask("objection_review", counted_from=self.objected_on)
        if self.level is Level.COUNTY:
            self.forwarded_on = reviewed.done_on
            return self._assessed
        if reviewed.outcome == "upheld":
            return await self._refuse(reviewed)
        reviewed.must_be("dismissed")
        return await self._shown_again(reviewed)

    async def _shown_again(self, reviewed: Answer) -> Stage:
        """A fresh notice, once; or what was left of the stopped one, as the jurisdiction has it (AMB-26)."""
        dismissal = Dismissal(self.application_id, self.posted_on, self.objected_on, reviewed.done_on)
        again: Reposting = await self.do(PublicNotices.dismissed, dismissal)
        while again.missing:
            await self.supply([again.missing])
            again = await self.do(PublicNotices.dismissed, dismissal)
        if again.deemed_posted_on:
            self.posted_on = again.deemed_posted_on
            await self.do(PublicNotices.post_notice, self._next_posting(Level.TOWNSHIP))
            return self._township_notice_result
        self.notice_due_from = reviewed.done_on
        return self._township_notice

    async def _forwarding(self) -> Stage:
        forwarded = await self.ask("forwarding", counted_from=self.posted_on)
        self.forwarded_on = forwarded.done_on
        return self._assessed

    async def _returned_file(self) -> Stage:
        """What the county sent back is completed by the township and forwarded again."""
        forwarded = await self.ask("returned_file", counted_from=self.notice_due_from)
        self.forwarded_on = forwarded.done_on
        return self._assessed

    async def _assessed(self) -> Stage | None:
        """The amount is computed before the county looks at the file (A-13 … A-20)."""
        assessed: Assessed = await self.do(Casework.assess, self.application_id)
        if assessed.missing:
            self.beside(self._gaps_filled(assessed))
        return await self._county_review()

    async def _gaps_filled(self, assessed: Assessed) -> None:
        """Until every parameter is there no amount is proposed; the review's own due date runs on (A-05)."""
        while assessed.missing:
            await self.supply(assessed.missing, known_at=assessed.made_at)
            assessed = await self.do(Casework.assess, self.application_id)

    async def _county_review(self) -> Stage:
        """One person reviews and proposes, another approves (A-41)."""
        reviewed = await self.ask("county_review", counted_from=self.forwarded_on)
        match reviewed.outcome:
            case "propose_approval" | "propose_refusal":
                return self._county_approval
            case "ask_civil_affairs":
                self.notice_due_from = reviewed.done_on
                return self._identity_check
            case "return":
                self.notice_due_from = reviewed.done_on
                return self._returned_file
            case other:
                raise UnknownOutcome(other)

    async def _identity_check(self) -> Stage:
        """The county's clock stands still while civil affairs look (processes 3.1, WAIT_CAB)."""
        pause = Pause("county_review", self.notice_due_from, why="WAIT_CAB")
        await self.do(Desk.pause, pause)
        checked = await self.ask("identity_check", counted_from=self.notice_due_from)
        await self.do(Desk.go_on, Pause("county_review", self.notice_due_from, checked.done_on))
        return self._county_review

    async def _county_approval(self) -> Stage | None:
        decided = await self.ask("county_approval", counted_from=self.forwarded_on)
        match decided.outcome:
            case "approve":
                self.notice_due_from = decided.done_on
                countersigned: bool = await self.do(Casework.needs_countersigning, self.application_id)
                return self._county_countersign if countersigned else self._county_notice
            case "refuse":
                self.level = Level.COUNTY
                return await self._refuse(decided)
            case "return":
                return self._county_review
            case other:
                raise UnknownOutcome(other)

    async def _county_countersign(self) -> Stage:
        """Large amounts ask for one more signature, where the county has laid that down."""
        signed = await self.ask("county_countersign", counted_from=self.forwarded_on)
        if signed.outcome == "return":
            await self.do(Casework.undecide, self.application_id)
            return self._county_review
        signed.must_be("signed")
        self.notice_due_from = signed.done_on
        return self._county_notice

    async def _county_notice(self) -> Stage:
        await self._post(await self.ask("county_notice", counted_from=self.notice_due_from), Level.COUNTY)
        return self._county_notice_result

    async def _county_notice_result(self) -> Stage | None:
        """The second notice, with the amount (A-41); nobody is paid before it has ended (AMB-7)."""
        result = await self.ask("county_notice_result", counted_from=self.posted_on, notice_key="PUB_CTY_WD")
        await self.do(PublicNotices.close_notice, self._posting(Level.COUNTY, result))
        objection = self._objection(Level.COUNTY, result)
        if objection is not None:
            await self.do(Casework.undecide, self.application_id)
            return objection
        await self.do(Endings.make_payable, self._closing(result))
        await self.until(self._paid)
        return None

    def _objection(self, level: Level, result: Answer) -> Stage | None:
        if result.outcome == "objection":
            self.level, self.objected_on = level, result.done_on
            return self._objection_review
        result.must_be("no_objection")
        return None

    async def _post(self, posted: Answer, level: Level) -> None:
        posted.must_be("posted")
        self.posted_on = posted.done_on
        await self.do(PublicNotices.post_notice, self._next_posting(level))

    def _next_posting(self, level: Level) -> Posting:
        self.postings[level] += 1
        return Posting(self.application_id, level.value, self.postings[level], self.posted_on)

    def _posting(self, level: Level, result: Answer) -> Posting:
        return Posting(self.application_id, level.value, self.postings[level], result.done_on, result.outcome)

    async def _moved(self) -> Stage:
        """The household now lives under another township, which goes on with the file (户籍迁移)."""
        moved_on: str = await self.do(Casework.move_on, self.application_id)
        self.received_on = self.survey_from = moved_on
        self.level = Level.TOWNSHIP
        case: Case = await self.do(Casework.look_up, self.application_id)
        if case.pending_papers:
            self.beside(self._pending_papers())
        return self._survey if case.accepted else self._acceptance

    async def _refuse(self, answer: Answer, *, decided_on: str = "") -> Stage | None:
        """Hands over to W02: the township's written notice (A-42). `answer` holds the provisions and the reason."""
        ending = self._closing(answer)
        await self.do(Endings.refuse, Ending(**{**vars(ending), "day": decided_on or answer.done_on}))
        return None

    async def _paid(self) -> bool:
        case: Case = await self.do(Casework.look_up, self.application_id)
        return case.status == ApplicationStatus.PAID.value

    def _closing(self, answer: Answer) -> Ending:
        """The end of the procedure: all that has been answered is acknowledged with it."""
        return Ending(self.application_id, answer.task_id, self.level.value, answer.done_on, self.hand_over())

    def _ending(self, answer: Answer) -> Ending:
        return Ending(self.application_id, answer.task_id, self.level.value, answer.done_on)
