"""Whether what came is what the story expected."""

from runtime.story.counter import Reply
from runtime.story.language import Expectation, Step
from runtime.story.matching import differences
from runtime.story.names import at_path, substitute
from runtime.story.world import StepFailed, World


async def judge(world: World, step: Step, expected: Expectation | None, reply: Reply) -> None:
    wanted = substitute(expected.model_dump(by_alias=True), world.names) if expected else {}
    if wanted.get("reply") == "lost":
        if not reply.lost:
            raise StepFailed("应为：答复丢失（连接中断）", f"实为：{reply.status} {reply.content}")
        return await world.back("api")
    if reply.lost:
        raise StepFailed("应为：接口作答", "实为：连接中断，没有答复")
    status = wanted.get("status")
    assert reply.status is not None
    fits = reply.status == status if status is not None else reply.status < 400
    if not fits:
        raise StepFailed(f"应为：状态码 {status or '2xx'}", f"实为：状态码 {reply.status}", f"    {reply.content}")
    found = differences(wanted["json"], reply.content) if wanted.get("json") is not None else []
    if found:
        raise StepFailed(*(str(one) for one in found))
    for name, path in step.save.items():
        world.names[name] = at_path(reply.content, path)


def judge_output(step: Step, output: str) -> None:
    expected = step.expect.output if step.expect else None
    found = differences(expected, output, "输出") if expected is not None else []
    if found:
        raise StepFailed(*(str(one) for one in found))
