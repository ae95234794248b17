"""The `jiuzhu` command. Heavy imports stay inside the commands, so that each starts fast."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

from runtime.logs import configure
from runtime.settings import Settings, read_settings
from runtime.trouble import StartTrouble

app = typer.Typer(
    name="jiuzhu",
    help="救助：医疗救助经办系统。每项设置都可用 JIUZHU_ 开头的环境变量给出。\n\n"
    "Medical-assistance casework. Every setting is an environment variable with the prefix JIUZHU_.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
)
calendars = typer.Typer(help="工作日历。 Working-day calendars.", no_args_is_help=True)
app.add_typer(calendars, name="calendar")
months = typer.Typer(help="每月开启的事项。 What opens on the 1st of a month.", no_args_is_help=True)
app.add_typer(months, name="month")
partners = typer.Typer(help="对接系统的密钥。 Keys of partner systems.", no_args_is_help=True)
app.add_typer(partners, name="partner")

Yes = Annotated[bool, typer.Option("--yes", help="不再询问。 Do not ask.")]


@app.command()
def up(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="清空数据文件夹，重新开始。 Delete the data folder's content first.")
    ] = False,
    yes: Yes = False,
) -> None:
    """在本机启动整个系统（含数据库、流程服务、邮件捕获），按 Ctrl-C 停止。

    Start everything on this machine, with demonstration data, until Ctrl-C.
    """
    from runtime.up import up as run

    settings = read_settings()
    if fresh and not yes and sys.stdin.isatty():
        typer.confirm(f"将删除 {settings.folder.path} 中的全部数据，确定吗？", abort=True)
    asyncio.run(run(settings, fresh=fresh, say=typer.echo))


@app.command()
def worker() -> None:
    """办理进程：执行流程与活动。 Run workflows and activities."""
    from runtime.worker import run

    _serve(run(_configured("worker")))


@app.command()
def relay() -> None:
    """投递进程：把待发的信号送到流程服务，并探测系统是否就绪。 Deliver the outbox, probe readiness."""
    from runtime.relay import run

    _serve(run(_configured("relay")))


@app.command()
def api() -> None:
    """网页与接口。 Serve pages and the REST API."""
    from runtime.api import run

    _serve(run(_configured("api")))


@app.command()
def migrate(
    demo: Annotated[bool, typer.Option("--demo", help="装入演示账号与演示参数。 Load the demonstration.")] = False,
    up: Annotated[bool, typer.Option("--up", help="另装入 up 专用的演示参数。 Also what only `up` uses.")] = False,
) -> None:
    """建库或升级：角色、表、政策文件与参数、区划、日历。可重复运行。

    Bring the database to today's shape and load the baseline. Safe to run again.
    """
    from runtime.migration import run

    settings = read_settings()
    run(settings, demo=demo or settings.demo, up=up, say=typer.echo)


@app.command()
def accounts(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """列出演示账号。 List the demonstration accounts."""
    from runtime import accounts as listing

    typer.echo(listing.as_json() if as_json else "\n".join(listing.as_lines()))


@calendars.command("import")
def import_calendar(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="日历文件（YAML）。 A calendar file.")],
    division: Annotated[str, typer.Option(help="只用于该区划。 For this division only.")] = "",
    everywhere: Annotated[
        bool, typer.Option("--all", help="用于各规则包所在的区划（默认）。 Wherever the country's holds: the default.")
    ] = False,
) -> None:
    """导入一年的工作日历，并重算受影响的在办期限；全国的放假通知一次导入，各地适用。

    Import a year's calendar and move the open deadlines it touches: the country's notice once, for every province's pack.
    """
    if everywhere and division:
        raise typer.BadParameter("--all 与 --division 不能同时使用")
    from runtime.calendar_import import run

    asyncio.run(run(_configured("calendar"), file, division, typer.echo))


@calendars.command("close")
def close_office(
    division: Annotated[str, typer.Option(help="停办的区划，含其下级。 The division, and all below it.")],
    first_day: Annotated[str, typer.Option("--from", help="第一天，如 2026-01-15。 The first day.")],
    last_day: Annotated[str, typer.Option("--to", help="最后一天。 The last day.")],
    reason: Annotated[str, typer.Option(help="原因，如 暴雪。 Why, such as snow.")],
    document: Annotated[str, typer.Option(help="依据的通知文号。 The notice that says so.")] = "",
) -> None:
    """登记局部停办（雪灾、汛情），并重算受影响的在办期限。 Days that do not count in one division."""
    from runtime import closure

    shutting = closure.shutting(division, first_day, last_day, reason, document)
    asyncio.run(closure.close(_configured("calendar"), shutting, typer.echo))


@calendars.command("reopen")
def withdraw_closure(number: Annotated[UUID, typer.Argument(help="停办登记的编号。 The closure's id.")]) -> None:
    """撤销一项停办登记。 Withdraw a closure; what it had moved moves back."""
    from runtime import closure

    asyncio.run(closure.reopen(_configured("calendar"), number, typer.echo))


@months.command("open")
def open_month(
    month: Annotated[str, typer.Argument(help="月份，如 2026-11。 The month.")],
    division: Annotated[str, typer.Option(help="区划，含其下级；默认全部。 The division and all below it.")] = "",
) -> None:
    """开启一个月的各项事项；已开启的不再重复。 Open a month by hand; what is open already stays as it is."""
    from runtime.months import open_by_hand

    asyncio.run(open_by_hand(_configured("month"), month, division, typer.echo))


@months.command("status")
def month_status(
    month: Annotated[str, typer.Argument(help="月份，默认本月。 The month, by default the present one.")] = "",
    division: Annotated[str, typer.Option(help="区划，含其下级；默认全部。 The division and all below it.")] = "",
) -> None:
    """查看一个月的开启情况和遗漏。 What of a month is open, and what is missing."""
    from runtime.months import show

    asyncio.run(show(_configured("month"), month, division, typer.echo))


@months.command("crossed")
def newly_crossed(
    before: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="上月的年度累计（Parquet）。")],
    now: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="本月的年度累计（Parquet）。")],
    out: Annotated[Path, typer.Argument(dir_okay=False, help="写入的名单（csv）。 Where to write the list.")],
    month: Annotated[str, typer.Option(help="数据月份，如 2026-11。 The month of the sums.")],
    division: Annotated[str, typer.Option(help="区划，含其下级。 The division and all below it.")] = "14",
) -> None:
    """从全部参保人员的年度累计负担中，找出本月新超过监测标准的人员。 Who is newly above a monitoring line."""
    from runtime.crossings import run

    asyncio.run(run(_configured("month"), before, now, month, division, out, typer.echo))


@partners.command("add")
def add_partner(
    name: Annotated[str, typer.Argument(help="对接系统的名称。 Which system it is for.")],
    account: Annotated[str, typer.Option(help="负责的账号。 The account that answers for it.")],
    kind: Annotated[list[str], typer.Option(help="可报送的种类，可多次给出。 What may be handed in; repeatable.")],
) -> None:
    """新建密钥，只显示一次。 Make a key; it is shown once."""
    from runtime.partners import add

    asyncio.run(add(_configured("partner"), account, kind, name, typer.echo))


@partners.command("list")
def list_partners() -> None:
    """列出密钥（不含密钥本身）。 List the keys, without the keys themselves."""
    from runtime.partners import show

    asyncio.run(show(_configured("partner"), typer.echo))


@partners.command("revoke")
def revoke_partner(key_id: Annotated[UUID, typer.Argument(help="密钥编号。 Its id.")]) -> None:
    """停用密钥。 Revoke a key."""
    from runtime.partners import revoke

    asyncio.run(revoke(_configured("partner"), key_id, typer.echo))


@app.command("demo-data")
def demo_data(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="写入的文件夹。 Where to write.")],
    rows: Annotated[int, typer.Option(min=117, help="全省一个月的名单行数。 Rows on all rosters of a month.")] = 20_000,
    sums: Annotated[int, typer.Option(min=0, help="年度累计负担的人数；0 为不生成。 Persons with yearly sums.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="种子：相同则内容相同。 The same seed, the same data.")] = 1,
    errors: Annotated[
        float, typer.Option(min=0, max=0.5, help="填错的行所占比例。 Share of rows typed wrongly.")
    ] = 0.005,
    encoding: Annotated[
        str, typer.Option(help="csv 编码：utf-8-sig 或 gb18030。 Encoding of the csv files.")
    ] = "utf-8-sig",
    xlsx: Annotated[bool, typer.Option("--xlsx", help="生成 xlsx 而非 csv。 Workbooks instead of csv.")] = False,
) -> None:
    """按种子生成虚构的全省数据：117 个县两个月的在册名单、年度累计负担。人员均为虚构。

    Make an invented province from a seed: rosters of 117 counties for two months, yearly sums. Nobody in it exists.
    """
    from runtime.demo_data.province import ENCODINGS, Wanted, write_province

    if encoding not in ENCODINGS:
        raise typer.BadParameter(f"{' / '.join(ENCODINGS)}")
    write_province(Wanted(folder, rows, sums, seed, errors, encoding, xlsx), typer.echo)


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="演练文件（YAML）。 A story.")],
    timeline: Annotated[bool, typer.Option("--timeline", help="以表格输出时间线。 Print the timeline.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出时间线。 Print it as JSON.")] = False,
) -> None:
    """按文件演练一个完整的故事，全部符合预期时返回 0。 Run a whole story; exits 0 when all holds."""
    from runtime.simulate import run

    raise typer.Exit(asyncio.run(run(file, timeline=timeline, as_json=as_json)))


def _configured(process: str) -> Settings:
    settings = read_settings()
    configure(settings, process)
    return settings


def _serve(work: Coroutine[Any, Any, None]) -> NoReturn:
    """Run a process of the product to its end, then leave at once, without taking the interpreter down in order:
    a call that Temporal's client still has under way in its own threads can hang or panic when Python goes first."""
    code = 0
    try:
        asyncio.run(work)
    except StartTrouble as trouble:
        code = 1
        logging.getLogger("runtime").error("cannot start: %s", trouble)
    except BaseException:
        code = 1
        logging.getLogger("runtime").exception("the process has failed")
    logging.shutdown()
    os._exit(code)


def main() -> None:
    """The entry point: a known trouble is words and exit code 1, not a traceback."""
    try:
        app()
    except StartTrouble as trouble:
        typer.secho(str(trouble), err=True, fg=typer.colors.RED)
        sys.exit(1)


if __name__ == "__main__":
    main()
