"""W09 高额费用推送: one month of one division, from the burdens to the last recognition (B-14 … B-17, D-02, D-03).

docs/process/high-cost-push.md is the same procedure in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.high_cost import HighCost, Receipt, Released, Selected
    from activities.matters import Matter, Matters, MatterStart, Move
    from policy.exchange_terms import MatterStatus
    from policy.terms import level_of

from workflows.levels import OwnLevelProcedure
from workflows.waiting import Answer, Stage, UnknownOutcome


@workflow.defn(name="high-cost-push")
class HighCostPush(OwnLevelProcedure):
    """Ends when every receiver has acknowledged and each person on the list has a recognition of their own."""

    matter: Matter
    released: Answer
    waiting_for: set[str]
    """The departments that have not acknowledged yet."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        self.matter = await self.do(Matters.look_up, self.begin(start))
        self.level = level_of(self.matter.division).value
        await self.follow(self._burdens)

    async def _burdens(self) -> Stage:
        """The bureau's caseworker loads what persons have borne, or says that there is nobody (processes 3.9)."""
        answer = await self._ask("push_burden", "caseworker")
        match answer.outcome:
            case "loaded" | "none":
                return self._selected
            case other:
                raise UnknownOutcome(other)

    async def _selected(self) -> Stage:
        """Who is above the threshold of their list, and whose burden has not changed since the last push."""
        selected: Selected = await self.go_through(HighCost.select, self.application_id)
        while selected.missing:
            await self.supply([selected.missing])
            selected = await self.go_through(HighCost.select, self.application_id)
        return self._release

    async def _release(self) -> Stage:
        """The supervisor's release is the push, and meets the deadline; another person than who loaded the burdens."""
        self.released = await self._ask("push_release", "supervisor")
        match self.released.outcome:
            case "released":
                return self._pushed
            case "sent_back":
                return self._burdens
            case other:
                raise UnknownOutcome(other)

    async def _pushed(self) -> Stage:
        """Also where nobody is listed: a zero push keeps the deadline in evidence (R-PUSH)."""
        released = Released(self.application_id, self.released.task_id, self.released.done_on, self.hand_over())
        receivers: list[str] = await self.go_through(HighCost.push, released)
        self.waiting_for = set(receivers)
        for department in receivers:
            self.beside(self._acknowledged(department))
        while await self.do(HighCost.open_recognitions, self.application_id):
            continue
        return self._received

    async def _acknowledged(self, department: str) -> None:
        answer = await self.ask_beside("push_ack", post=self.post(department, "caseworker"))
        answer.must_be("acknowledged")
        await self.do(HighCost.receive, Receipt(self.application_id, answer.task_id, department, answer.done_on))
        self.waiting_for.discard(department)
        self._nudges += 1

    async def _received(self) -> Stage | None:
        await self.until(self._all_acknowledged)
        end = Move(self.application_id, MatterStatus.ACKNOWLEDGED.value, self.hand_over())
        await self.do(Matters.end, end)
        return None

    async def _all_acknowledged(self) -> bool:
        return not self.waiting_for

    async def _ask(self, kind: str, role: str) -> Answer:
        post = self.post("medical_insurance", role)
        return await self.ask(kind, counted_from=self.matter.opened_on, month=self.matter.month, post=post)
