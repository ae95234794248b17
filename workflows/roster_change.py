"""W06 动态调整: the department's period, and each list from the adjustment until its last row is settled (A-30 … A-35).

docs/process/roster-change.md is the same procedure in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matters import Matter, Matters, MatterStart, Move
    from activities.roster_change import ListState, Opens, RosterChanges
    from policy.exchange_terms import MatterStatus
    from policy.terms import Department

from workflows.waiting import Answer, MatterProcedure, UnknownOutcome

RECEIVERS = (Department.MEDICAL_INSURANCE, Department.FINANCE)


def desk_of(department: str) -> str:
    """The county desk of a department: county/civil_affairs/caseworker."""
    return f"county/{department}/caseworker"


@workflow.defn(name="adjustment-period")
class AdjustmentPeriod(MatterProcedure):
    """Asks a department on the last working day of each period whether it has adjusted; each list is a matter of its own."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter: Matter = await self.do(Matters.look_up, self.begin(start))
        last_day = await self._last_working_day(matter)
        answer = await self.ask("adjustment", counted_from=last_day, post=desk_of(matter.department))
        match answer.outcome:
            case "closed":
                ends = MatterStatus.ADJUSTED
            case "no_change":
                ends = MatterStatus.NO_CHANGE
            case other:
                raise UnknownOutcome(other)
        await self.do(Matters.end, Move(matter.id, ends.value, self.hand_over(), answer.done_on))

    async def _last_working_day(self, matter: Matter) -> str:
        """Waited for; a calendar that moves it wakes the procedure, which looks again."""
        while True:
            since = self._nudges
            opens: Opens = await self.do(RosterChanges.opens, matter.id)
            if opens.missing:
                await self.supply([opens.missing])
            elif not opens.at:
                return opens.on
            else:
                await self._sleep(since, opens.at)


@workflow.defn(name="adjustment")
class Adjustment(MatterProcedure):
    """One list of one category: provided with its certificate, its rows marked or sent back, closed with the last of them.

    The procedure itself ends when both receivers have signed; no row waits for that.
    """

    matter: Matter
    receipts: int

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        self.receipts = 0
        self.matter = await self.do(Matters.look_up, self.begin(start))
        if not self.matter.facts.get("provided_on") and not await self._listed():
            return
        state: ListState = await self.do(RosterChanges.list_state, self.matter.id)
        for department in RECEIVERS:
            self.beside(self._receipt(department, state.provided_on))
        await self.until(self._taken_in)
        await self.do(RosterChanges.count, self.matter.id)
        for status in (MatterStatus.RECEIVED, MatterStatus.CHECKED, MatterStatus.MARKED):
            await self._move(status)
        await self.until(self._settled)
        await self.do(RosterChanges.count, self.matter.id)
        await self._move(MatterStatus.CLOSED)
        await self.until(self._signed_for)
        await self.do(Matters.end, Move(self.matter.id, MatterStatus.CLOSED.value, self.hand_over()))

    async def _listed(self) -> bool:
        """Whether a list came (附件3 with 附件4, within T-DYN of the adjustment); or nothing had changed after all."""
        adjusted_on, post = self.matter.facts["adjusted_on"], desk_of(self.matter.department)
        listed = await self.ask("adjustment_list", counted_from=adjusted_on, post=post)
        match listed.outcome:
            case "provided":
                return True
            case "no_change":
                ending = Move(self.matter.id, MatterStatus.NO_CHANGE.value, self.hand_over(), listed.done_on)
                await self.do(Matters.end, ending)
                return False
            case other:
                raise UnknownOutcome(other)

    async def _receipt(self, department: Department, provided_on: str) -> None:
        """Signed for by the bureau and by finance, each for itself (A-30); nothing waits for it but the end."""
        signed: Answer = await self.ask_beside(
            "list_receipt", counted_from=provided_on, detail={"key": department.value}, post=desk_of(department.value)
        )
        signed.must_be("received")
        await self.do(RosterChanges.received, signed.task_id)
        self.receipts += 1
        self._nudges += 1

    async def _signed_for(self) -> bool:
        return self.receipts == len(RECEIVERS)

    async def _taken_in(self) -> bool:
        """The bureau has every row: checked, the good ones marked, the others on their way back."""
        state: ListState = await self.do(RosterChanges.list_state, self.matter.id)
        return state.taken_in

    async def _settled(self) -> bool:
        state: ListState = await self.do(RosterChanges.list_state, self.matter.id)
        return state.settled

    async def _move(self, status: MatterStatus) -> None:
        await self.do(Matters.move, Move(self.matter.id, status.value, self.hand_over()))


@workflow.defn(name="settlement-review")
class SettlementReview(MatterProcedure):
    """A settlement that contradicts an identity is looked at once: recover or write off, tell or leave (C-12, C-14)."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter: Matter = await self.do(Matters.look_up, self.begin(start))
        reviewed = await self.ask(matter.facts["finding"])
        if reviewed.outcome not in ("recover", "write_off", "told_applicant", "not_needed"):
            raise UnknownOutcome(reviewed.outcome)
        await self.do(Matters.end, Move(matter.id, MatterStatus.CLOSED.value, self.hand_over(), reviewed.done_on))
