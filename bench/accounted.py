"""Whether every row of two months' rosters is accounted for: asked of the files and the tables in SQL, with no code of the product.

What is right of an ID number, what is returned, who stays and who goes is written down here a second time, for rosters as
`jiuzhu demo-data` invents them. Tables are joined with files by the blind index, which is made anew with its key.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import psycopg

TODAY = "2026-12-01"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM = " + ".join(f"{weight} * number[{place}]::int" for place, weight in enumerate(WEIGHTS, 1))

_TYPED = """
create table typed (month int, division text, line int, name text, number text, category text, township text)"""
_READ = """
insert into typed
select {month}, '{division}', row_number() over () + 1, coalesce("家庭成员姓名", ''),
       upper(trim(translate(coalesce("身份证号码", ''), '０１２３４５６７８９', '0123456789'))),
       case "对象类别" when '低保对象' then 'DB' when '特困人员' then 'TK' end, "乡（镇）"
  from read_csv('{path}', header = true, all_varchar = true, delim = ',', quote = '', escape = '', parallel = false)"""
_EXPORTS = {
    "township": "select parent, name from division where level = 'township'",
    "period": "select i.division, encode(p.id_index, 'hex'), i.category, i.person_id, i.starts_on, i.ends_on,"
    " b.month, e.month from identity_period i join person p on p.id = i.person_id"
    " join upload b on b.id = i.upload_id left join upload e on e.id = i.ended_by",
    "person": "select id, encode(id_index, 'hex'), division from person",
    "upload": "select u.month, u.division, state, rows_in, accepted, returned, duplicate, l.to_write, l.written, l.in_force,"
    " (select count(*) from roster_snapshot s where s.upload_id = u.id), (select count(*) from sharing s where s.upload_id = u.id)"
    " from upload u left join roster_load l on l.upload_id = u.id",
    "line": "select u.month, r.division, r.row_number, r.fate from upload_row r join upload u on u.id = r.upload_id"
    " where r.fate <> 'accepted'",
    "anomaly": "select u.month, a.division, a.row_number from anomaly a join upload u on u.id = a.upload_id",
}
_COLUMNS = {
    "township": "division text, name text",
    "period": "division text, index text, category text, person uuid, starts_on date, ends_on date, begun text, ended text",
    "person": "id uuid, index text, division text",
    "upload": "month text, division text, state text, rows_in bigint, accepted bigint, returned bigint, duplicate bigint,"
    " to_write bigint, written bigint, in_force bigint, snapshots int, sharings int",
    "line": "month text, division text, line int, fate text",
    "anomaly": "month text, division text, line int",
}
_JUDGED = f"""
create table judged as
with numbered as (
  select *, regexp_full_match(number, '[0-9]{{17}}[0-9X]')
            and try_strptime(number[7:14], '%Y%m%d') <= date '{TODAY}' as formed from typed),
right_ones as (
  select *, formed and number[18] = '10X98765432'[case when formed then ({_SUM}) % 11 end + 1] as good from numbered),
told as (
  select *, coalesce(good, false) as sure,
         coalesce(good, false) and name <> '' and category is not null
         and (township in (select name from township t where t.division = right_ones.division)
              or division not in (select division from township)) as taken
    from right_ones)
select month, division, line, name, number, category, sure, taken,
       taken and row_number() over (partition by month, division, number, category, taken order by line) > 1 as again
  from told"""
_EXPECTED = """
create table expected as
with held as (select month, division, number, category, name from judged where taken and not again),
back as (select division, name, number, sure from judged where month = 2 and not taken),
first as (
  select h.*, exists (select 1 from held n where n.month = 2 and n.division = h.division and n.number = h.number
                       and n.category = h.category) as again,
         exists (select 1 from back b where b.division = h.division and b.sure and b.number = h.number)
         or exists (select 1 from back b where b.division = h.division and not b.sure and b.name = h.name) as stays
    from held h where h.month = 1)
select division, number, category, 1 as begun, case when not again and not stays then 2 end as ended from first
union all
select division, number, category, 2, null from held h where month = 2 and not exists (
  select 1 from first f where f.division = h.division and f.number = h.number and f.category = h.category)"""

COUNTED = {
    "typed rows": "typed",
    "uploads": "upload",
    "rows that went back": "line",
    "persons": "person",
    "periods": "period",
}
CHECKS = {
    "uploads not done, or without one snapshot and one sharing": "select count(*) from upload"
    " where state <> 'done' or snapshots <> 1 or sharings <> 1 or to_write <> written",
    "files whose rows in are not accepted + returned + duplicates": "select count(*) from upload"
    " where rows_in <> accepted + returned + duplicate",
    "files whose counts are not what the file says": """
        select count(*) from upload u full join (
          select month, division, count(*) as rows, count(*) filter (where taken and not again) as accepted,
                 count(*) filter (where not taken) as returned, count(*) filter (where again) as duplicate
            from judged group by all) f on f.month = right(u.month, 2)::int and f.division = u.division
         where (u.rows_in, u.accepted, u.returned, u.duplicate) is distinct from (f.rows, f.accepted, f.returned, f.duplicate)""",
    "rows that went back, or did not, otherwise than the file says": """
        with expected as (select month, division, line, case when again then 'duplicate' else 'returned' end as fate
                            from judged where again or not taken),
             kept as (select right(month, 2)::int, division, line, fate from line)
        select count(*) from ((table expected except all table kept) union all (table kept except all table expected))""",
    "rows that went back, and are not once before their department": """
        with expected as (select right(month, 2)::int, division, line from line where fate = 'returned'),
             opened as (select right(month, 2)::int, division, line from anomaly)
        select count(*) from ((table expected except all table opened) union all (table opened except all table expected))""",
    "periods lost, doubled or ended otherwise than the files say": """
        with kept as (select division, index, category, right(begun, 2)::int, right(ended, 2)::int from period),
             said as (select division, index, category, begun, ended from expected join keyed using (number))
        select count(*) from ((table said except all table kept) union all (table kept except all table said))""",
    "persons lost, doubled or without a period": """
        with kept as (select index from person), said as (select distinct index from expected join keyed using (number))
        select (select count(*) from ((table said except all table kept) union all (table kept except all table said)))
             + (select count(*) from person where id not in (select person from period))""",
    "periods of a person and category that overlap": """
        select count(*) from (select starts_on < max(coalesce(ends_on, date '9999-12-31')) over (
          partition by index, category order by starts_on, ends_on nulls last
          rows between unbounded preceding and 1 preceding) as both_hold from period) where both_hold""",
    "changes of category with a gap or both": """
        select count(*) from period a join period b on b.index = a.index and b.category <> a.category
         where a.ended is not null and b.begun = a.ended and a.ends_on <> b.starts_on""",
    "files after which another number is in force than the tables hold": """
        select count(*) from (select division, in_force from upload qualify month = max(month) over (partition by division)) u
          full join (select division, count(*) as periods from period where ends_on is null group by all) p using (division)
         where u.in_force is distinct from p.periods""",
}
"""What must not be; each counts how often it is."""


def broken(
    database: str, index_key: bytes, months: Iterable[Iterable[Path]], folder: Path
) -> tuple[dict[str, int], dict[str, int]]:
    """How often each promise is broken, and how much was looked at. `months`: the files of month 1 and of month 2."""
    with duckdb.connect() as found:
        found.execute(_TYPED)
        for month, paths in enumerate(months, 1):
            for path in paths:
                found.execute(_READ.format(month=month, division=path.stem, path=path))
        for name in _EXPORTS:
            _export(database, name, folder / f"{name}.csv")
            found.execute(f"create table {name} ({_COLUMNS[name]})")
            found.execute(f"copy {name} from '{folder / name}.csv' (header false)")
        found.execute(_JUDGED)
        found.execute(_EXPECTED)
        _key(found, index_key, folder / "keyed.csv")
        counted = {
            said: found.execute(f"select count(*) from {name}").fetchall()[0][0] for said, name in COUNTED.items()
        }
        return {said: found.execute(query).fetchall()[0][0] for said, query in CHECKS.items()}, counted


def _export(database: str, name: str, path: Path) -> None:
    with (
        psycopg.connect(database) as connection,
        path.open("wb") as file,
        connection.cursor().copy(f"copy ({_EXPORTS[name]}) to stdout (format csv)") as rows,
    ):
        for block in rows:
            file.write(block)


def _key(found: duckdb.DuckDBPyConnection, key: bytes, path: Path) -> None:
    """The blind index of every number, as the tables have it."""
    numbers = found.execute("select distinct number from expected").fetchall()
    with path.open("w", encoding="ascii") as file:
        file.writelines(_keyed(key, (number for (number,) in numbers)))
    found.execute("create table keyed (number text, index text)")
    found.execute(f"copy keyed from '{path}' (header false)")


def _keyed(key: bytes, numbers: Iterator[str]) -> Iterator[str]:
    for number in numbers:
        yield f"{number},{hmac.digest(key, f'id_number|{number}'.encode(), hashlib.sha256).hex()}\n"
