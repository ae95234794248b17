"""督办 and 会签: one question to an office about a task, beside its case and without holding it up (R-TEAM).

docs/process/teamwork.md is the same in the office's words.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.casework import CaseStart
    from activities.teamwork import Asked, Replied, Teamwork
    from policy.procedures import key_of

from workflows.waiting import Interrupted, Procedure


class Question(Procedure):
    """Asks one post once; ends with the reply, or with the case."""

    async def ask_once(self, start: CaseStart, kind: str) -> None:
        self.application_id = start.application_id
        order_id = key_of(workflow.info().workflow_id)
        asked: Asked = await self.do(Teamwork.asked, order_id)
        if asked.closed:  # before anybody had been asked: nobody is asked any more
            return
        try:
            reply = await self.ask_beside(kind, counted_from=asked.asked_on, post=asked.post, due_on=asked.due_on)
        except Interrupted:
            return
        await self.do(Teamwork.replied, Replied(order_id, reply.task_id))


@workflow.defn(name="order")
class Order(Question):
    """An order from above, with its own day and its own ladder."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        await self.ask_once(start, "order_reply")


@workflow.defn(name="opinion")
class Opinion(Question):
    """A second opinion: shown to who decides, binding nobody."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        await self.ask_once(start, "second_opinion")
