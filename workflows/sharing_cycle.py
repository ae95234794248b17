"""W07 月度信息共享: one county's month, from the 1st until both sides have shared and confirmed, and the month is over.

docs/process/sharing-cycle.md is the same procedure in the office's words.
"""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.matters import Matters, MatterStart, Move
    from activities.sharing import Batch, Sharings, Stock, receiver, sender
    from policy.exchange_terms import MatterStatus

from workflows.waiting import RELEASED, MatterProcedure, UnknownOutcome


@workflow.defn(name="sharing-cycle")
class SharingCycle(MatterProcedure):
    """Each direction is a task of its sender; each batch, however it came, is confirmed by its receiver.

    Any number of batches; a missed month stays open and closes late; no month closes before it has ended.
    """

    @workflow.run
    async def run(self, start: MatterStart) -> None:
        matter_id = self.begin(start)
        self._being_asked: set[str] = set()
        while True:
            since = self._nudges
            stock: Stock = await self.do(Sharings.take_stock, matter_id)
            if self._nudges != since:  # something has come in while it was counted
                continue
            if stock.over:
                break
            self._ask_for(stock)
            if stock.released:
                self._nudges += 1  # whoever waits for that task looks again
            await self._sleep(since, stock.look_again_at)
        await self.do(Matters.end, Move(matter_id, MatterStatus.CLOSED.value, self.hand_over()))

    def _ask_for(self, stock: Stock) -> None:
        """Whoever is to provide, to confirm or to correct, each once."""
        for kind in stock.short:
            self._once(kind, kind, ("provided", "zero_report"), counted_from=stock.month, month=stock.month)
        for batch in stock.to_confirm:
            self._once(
                batch.name,
                "sharing_receipt",
                ("confirmed", "disputed"),
                month=stock.month,
                post=receiver(batch),
                detail=_about(batch),
            )
        for batch in stock.to_correct:
            self._once(
                batch.name + "/correction",
                f"sharing_{batch.direction}_correction",
                ("corrected", "withdrawn"),
                month=stock.month,
                post=sender(batch),
                detail=_about(batch),
            )

    def _once(self, name: str, kind: str, outcomes: tuple[str, ...], **details: Any) -> None:
        if name not in self._being_asked:
            self._being_asked.add(name)
            self.beside(self._asked(name, kind, outcomes, details))

    async def _asked(self, name: str, kind: str, outcomes: tuple[str, ...], details: dict[str, Any]) -> None:
        """The answer has been written into the sharing by the counter; here it is only taken notice of."""
        answer = await self.ask_beside(kind, **details)
        if answer.outcome not in (*outcomes, RELEASED):
            raise UnknownOutcome(answer.outcome)
        self._being_asked.discard(name)
        self._nudges += 1


def _about(batch: Batch) -> dict[str, str]:
    """What the task says of it: codes and counts."""
    return {
        "sharing": batch.id,
        "direction": batch.direction,
        "partner": batch.partner,
        "carrier": batch.carrier,
        "rows": str(batch.rows),
    }
