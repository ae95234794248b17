"""No template holds what the content security policy forbids, or a word that has no English."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from api.pages.rendering import TEMPLATES, environment, translator
from api.texts import translations
from tests.pages.labels import every_label

PAGES = sorted(TEMPLATES.rglob("*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
INLINE = re.compile(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|hx-on|<script(?![^>]*\ssrc=)", re.IGNORECASE)
SAID_IN_EVERY_LANGUAGE = {"中文"}


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_template_has_nothing_inline(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_inline_pattern_finds_what_it_forbids() -> None:
    for forbidden in ('<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>", '<a href="javascript:x">'):
        assert INLINE.search(forbidden), forbidden
    assert not INLINE.search('<script src="/static/jiuzhu.js" defer></script>')


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_template_has_no_chinese_outside_messages(path: Path) -> None:
    plain = [text for _, kind, text in Environment().lex(path.read_text()) if kind == "data"]
    words = {word.strip() for text in plain for word in re.findall(r"[^<>]+", text) if CHINESE.search(word)}
    assert words <= SAID_IN_EVERY_LANGUAGE


def messages_of(path: Path) -> set[str]:
    strings = [text[1:-1] for _, kind, text in Environment().lex(path.read_text()) if kind == "string"]
    return {text for text in strings if CHINESE.search(text)}


def test_every_message_and_label_has_english() -> None:
    english = translations("en")
    messages = set().union(*map(messages_of, PAGES)) | {label for label in every_label() if CHINESE.search(label)}
    assert len(messages) > 200
    assert sorted(message for message in messages if english.gettext(message) == message) == []


def test_english_keeps_the_places_of_the_chinese() -> None:
    english = translations("en")
    places = re.compile(r"%\((\w+)\)s")
    for path in PAGES:
        for message in messages_of(path):
            assert set(places.findall(english.gettext(message))) == set(places.findall(message)), message


def test_label_with_a_percent_sign_or_markup_is_shown_as_it_is() -> None:
    assert translator("en")("60% <b>") == "60% <b>"
    template = environment("zh-CN").from_string('{{ _(label) }} {{ _("剩 %(n)s 个工作日", n=label) }}')
    assert template.render(label="60% <b>") == "60% &lt;b&gt; 剩 60% &lt;b&gt; 个工作日"
