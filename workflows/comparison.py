"""W18: the city compares the province's monitoring list with its counties' own and verifies each difference (J-22).

docs/process/provincial-list.md is the same in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.comparison import Comparisons
    from activities.matters import Matters, MatterStart, Move
    from policy.exchange_terms import MatterStatus
    from policy.procedures import Procedure as Name

from workflows.waiting import MatterProcedure


@workflow.defn(name=Name.COMPARISON.value)
class Comparison(MatterProcedure):
    """PROVINCE_LIST_IN → COMPARED → every difference EXPLAINED → CONFIRMED, merged into the counties' pushes."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter_id = self._matter_id = self.begin(start)
        await self.until(self._compared)
        self.beside(self._keep_comparing())
        explained = await self.ask("difference_causes")
        explained.must_be("explained")
        await self.do(Matters.move, Move(matter_id, MatterStatus.EXPLAINED.value, self.hand_over()))
        await self.go_through(Comparisons.merge, matter_id)
        await self.do(Matters.end, Move(matter_id, MatterStatus.CONFIRMED.value))

    async def _compared(self) -> bool:
        listed: bool = await self.go_through(Comparisons.compare, self._matter_id)
        return listed

    async def _keep_comparing(self) -> None:
        """Another table of the same month may still come in while the differences are verified."""
        while True:
            since = self._nudges
            await self._sleep(since)
            await self._compared()
