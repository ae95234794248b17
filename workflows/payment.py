"""W03 支付: from the payable decision over the county's request and finance's review to the transfer (A-50 … A-54).

docs/process/payment.md is the same procedure in the office's words. Each method below is one step: it asks for it and
names the step that follows.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import CaseStart
    from activities.payments import Payable, Payments, PaymentStep
    from policy.procedures import Procedure as Kind
    from policy.procedures import key_of, workflow_id

from workflows.waiting import Answer, Procedure, Stage, UnknownOutcome


@workflow.defn(name="payment")
class Payment(Procedure):
    """Ends when the transfer is booked. The ledger's unique key, not this workflow, makes sure that it happens once."""

    request_due_from: str
    submitted: Answer
    reviewed: Answer
    due_from: str
    """From which day the step that comes between is due: a query, a bounce, an inquiry."""
    times_submitted: int

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        self.application_id = start.application_id
        self._unacknowledged = list(start.acknowledges)
        self.request_due_from, self.times_submitted = "", 0
        await self.follow(self._payment_request)

    async def _payment_request(self) -> Stage:
        """The county asks finance for the money, alone or in a batch; it may hold the payment back (D-22)."""
        payable: Payable = await self.do(Payments.payable, self.application_id)
        self._share(payable)
        requested = await self.ask("payment_request", counted_from=self.request_due_from, term_of=self._application())
        match requested.outcome:
            case "submit":
                self.submitted = requested
                return self._finance_review
            case "hold":
                await self.do(Payments.held, self._step(requested))
                return self._payment_request
            case other:
                raise UnknownOutcome(other)

    async def _finance_review(self) -> Stage:
        """Finance looks at the request and, after a correction, at the account (A-51)."""
        self.times_submitted += 1
        again = self.times_submitted > 1
        await self.do(Payments.submitted, self._step(self.submitted, again=again))
        reviewed = await self.ask("finance_review", counted_from=self.submitted.done_on)
        match reviewed.outcome:
            case "approve":
                self.reviewed = reviewed
                countersigned: bool = await self.do(Payments.approved, self._step(reviewed))
                return self._transfer_countersign if countersigned else self._transfer
            case "query":
                self.due_from = reviewed.done_on
                await self.do(Payments.queried, self._step(reviewed))
                return self._payment_query
            case "return":
                self.request_due_from = reviewed.done_on
                await self.do(Payments.sent_back, self._step(reviewed))
                return self._payment_request
            case other:
                raise UnknownOutcome(other)

    async def _payment_query(self) -> Stage:
        self.submitted = await self.ask("payment_query", counted_from=self.due_from)
        self.submitted.must_be("answered")
        return self._finance_review

    async def _transfer_countersign(self) -> Stage:
        """Large amounts ask for one more signature, where the county has laid that down."""
        signed = await self.ask("transfer_countersign", counted_from=self.reviewed.done_on)
        if signed.outcome == "return":
            return self._finance_review
        signed.must_be("signed")
        return self._transfer

    async def _transfer(self) -> Stage | None:
        """From the special account directly to hospital, pharmacy or person. What is not known is asked, never resent."""
        transferred = await self.ask("transfer", counted_from=self.reviewed.done_on)
        match transferred.outcome:
            case "confirmed":
                await self._booked(transferred)
                return None
            case "bounced":
                return await self._bounced(transferred)
            case "unknown":
                self.due_from = transferred.done_on
                return self._bank_inquiry
            case "return":
                return self._finance_review
            case other:
                raise UnknownOutcome(other)

    async def _bank_inquiry(self) -> Stage | None:
        inquired = await self.ask("bank_inquiry", counted_from=self.due_from)
        match inquired.outcome:
            case "paid":
                await self._booked(inquired)
                return None
            case "bounced":
                return await self._bounced(inquired)
            case "not_paid":
                self.reviewed = inquired
                await self.do(Payments.tried_again, self._step(inquired))
                return self._transfer
            case other:
                raise UnknownOutcome(other)

    async def _bounced(self, answer: Answer) -> Stage:
        self.due_from = answer.done_on
        await self.do(Payments.bounced, self._step(answer))
        return self._account_correction

    async def _account_correction(self) -> Stage:
        """The county finds out the right account; the next attempt belongs to the same payment."""
        self.submitted = await self.ask("account_correction", counted_from=self.due_from)
        self.submitted.must_be("corrected")
        await self.do(Payments.corrected, self._step(self.submitted))
        return self._finance_review

    async def _booked(self, answer: Answer) -> None:
        booking = self._step(answer)
        booking.acknowledges = self.hand_over()
        await self.do(Payments.transferred, booking)

    def _share(self, payable: Payable) -> None:
        """The first request goes on in the period that the county's notice began in the application's own procedure."""
        if not self.request_due_from:
            self.request_due_from = payable.since
            self._terms["payment_request:"] = payable.term, payable.since

    def _application(self) -> str:
        return workflow_id(Kind.APPLICATION, key_of(workflow.info().workflow_id))

    def _step(self, answer: Answer, *, again: bool = False) -> PaymentStep:
        return PaymentStep(self.application_id, answer.task_id, answer.done_on, again)
