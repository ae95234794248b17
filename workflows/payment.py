"""W03 支付: from the payable decision over the county's request and finance's review to the transfer (A-50 … A-54)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import CaseStart
    from activities.payments import Payments, PaymentStep
    from policy.procedures import Procedure as Kind
    from policy.procedures import key_of, workflow_id

from workflows.waiting import Answer, Procedure


@workflow.defn(name="payment")
class Payment(Procedure):
    """Ends when the transfer is booked. The ledger's unique key, not this workflow, makes sure that it happens once."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self._unacknowledged = list(start.acknowledges)
        application = workflow_id(Kind.APPLICATION, key_of(workflow.info().workflow_id))

        notice_ended: str = await self.do(Payments.payable_since, self.application_id)
        requested = await self.ask("payment_request", counted_from=notice_ended, term_of=application)
        requested.must_be("submit")
        await self.do(Payments.submitted, self._step(requested))

        reviewed = await self.ask("finance_review", counted_from=requested.done_on)
        reviewed.must_be("approve")
        await self.do(Payments.approved, self._step(reviewed))

        transferred = await self.ask("transfer", counted_from=reviewed.done_on)
        transferred.must_be("confirmed")
        booking = self._step(transferred)
        booking.acknowledges = self.hand_over()
        await self.do(Payments.transferred, booking)

    def _step(self, answer: Answer) -> PaymentStep:
        return PaymentStep(self.application_id, answer.task_id, answer.done_on)
