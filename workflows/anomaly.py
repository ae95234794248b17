"""W11 异常数据核实: rows that went back to the department they came from, until each is corrected, confirmed or withdrawn.

docs/process/anomaly.md is the same procedure in the office's words. The good rows of the batch never wait for it.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.anomaly import Anomalies
    from activities.matters import Matter, Matters, MatterStart, Move
    from policy.exchange_terms import MatterStatus

from workflows.waiting import MatterProcedure


@workflow.defn(name="anomaly")
class Anomaly(MatterProcedure):
    """One batch of one department: what is answered is checked again, and comes back if it still does not hold."""

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter: Matter = await self.do(Matters.look_up, self.begin(start))
        self.beside(self._rechecked_as_it_comes(matter.id))
        settled = await self.ask(
            "anomaly_correction", counted_from=matter.opened_on, post=f"county/{matter.department}/caseworker"
        )
        settled.must_be("settled")
        await self.do(Matters.move, Move(matter.id, MatterStatus.RECHECKED.value, self.hand_over()))
        await self.do(Matters.end, Move(matter.id, MatterStatus.CLOSED.value))
        await self.do(Anomalies.tell_list, matter.id)

    async def _rechecked_as_it_comes(self, matter_id: str) -> None:
        """The department answers row by row; the last one answers the task."""
        while True:
            since = self._nudges
            await self.go_through(Anomalies.recheck, matter_id)
            await self._sleep(since)
