from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from notifications.catalog import DueSoon, Notice, Overdue
from notifications.rendering import render
from notifications.templating import TEMPLATES
from tests.notifications.golden import GOLDEN, files
from tests.notifications.samples import SAMPLES

LATE = {"overdue", "escalated_to_city", "escalated_to_province", "escalation_digest"}


def sample(name: str) -> Overdue:
    notice = SAMPLES[name]
    assert isinstance(notice, Overdue)
    return notice


@pytest.mark.parametrize("name", SAMPLES)
def test_words_are_the_agreed_ones(name: str) -> None:
    for path, text in files(render(SAMPLES[name])).items():
        assert text == path.read_text(encoding="utf-8"), path.name


def test_no_agreed_text_is_left_over() -> None:
    expected = {path for notice in SAMPLES.values() for path in files(render(notice))}
    assert set(GOLDEN.iterdir()) == expected


def test_every_folder_has_a_notice() -> None:
    assert {folder.name for folder in (TEMPLATES / "notices").iterdir() if folder.is_dir()} == set(SAMPLES)


def test_overdue_subject_says_how_late() -> None:
    on_time = replace(sample("overdue"), late_by=None)
    assert render(on_time).subject == "【超期】入户调查 14052210020250001 已超期1个工作日"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_word_overdue_stands_only_where_something_is_overdue(name: str) -> None:
    rendered = render(SAMPLES[name])
    assert ("超期" in rendered.subject) is (name in LATE)
    assert ("超期" in rendered.text) is (name in LATE)
    assert ("超期" in rendered.html) is (name in LATE)


@pytest.mark.parametrize("name", SAMPLES)
def test_text_and_html_say_the_same(name: str) -> None:
    notice = SAMPLES[name]
    rendered = render(notice)
    for part in (notice.recipient, notice.division_name, *notice.grounds, notice.late_by, notice.vacant_post):
        if part is not None and name != "task_digest":
            assert part in rendered.text
            assert part in rendered.html
    assert notice.link in rendered.text
    assert f'href="{notice.link}"' in rendered.html
    assert ("演示数据" in rendered.text) is ("演示数据" in rendered.html) is notice.demonstration


def test_work_target_is_shown_only_beside_a_nominal_rest_day() -> None:
    assert "工作目标日：2025年10月11日（星期六）" in render(SAMPLES["due_today"]).text
    assert "工作目标日" not in render(SAMPLES["due_soon"]).text


def test_html_is_escaped_and_text_is_not() -> None:
    rendered = render(replace(sample("overdue"), task_label="<b>入户</b>&调查"))
    assert "&lt;b&gt;入户&lt;/b&gt;&amp;调查" in rendered.html
    assert "<b>入户</b>" not in rendered.html
    assert "<b>入户</b>&调查" in rendered.text


def test_subject_is_one_line() -> None:
    assert all("\n" not in render(notice).subject for notice in SAMPLES.values())


class _Resources(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", SAMPLES)
def test_html_is_well_formed_and_loads_nothing(name: str) -> None:
    parser = _Resources()
    parser.feed(render(SAMPLES[name]).html)
    assert parser.open == []
    assert "table" in parser.tags
    assert not {"img", "script", "link", "style", "iframe"} & set(parser.tags)


@dataclass(frozen=True, kw_only=True)
class _WithoutTask(Notice):
    name = "due_soon"


def test_missing_variable_is_an_error() -> None:
    whole = SAMPLES["due_soon"]
    assert isinstance(whole, DueSoon)
    short = _WithoutTask(
        recipient=whole.recipient,
        division_name=whole.division_name,
        link=whole.link,
        grounds=whole.grounds,
        late_by=None,
        vacant_post=None,
        demonstration=False,
    )
    with pytest.raises(UndefinedError):
        render(short)
