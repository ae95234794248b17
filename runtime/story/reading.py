"""Reads a story's file: YAML with as few guesses as can be, and words for what is wrong with it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from runtime.story.language import Story
from runtime.trouble import StartTrouble


class BadStory(StartTrouble):
    """A story that cannot be read; names the step and what is wrong with it."""


@dataclass(frozen=True)
class StoryFile:
    story: Story
    folder: Path
    """Where the files that the story names lie."""


class _Loader(yaml.SafeLoader):
    """YAML whose dates, amounts, codes and words stay as written: only true, false, null and counts are more than text.

    A run of six digits or more is a division, a number or an account: text.
    """


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"-?(0|[1-9][0-9]{0,4})", "-0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def read_story(path: Path) -> StoryFile:
    """The story in the file. Raises BadStory."""
    try:
        content = load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadStory(f"{path.name} 读不懂：{error}") from error
    try:
        return StoryFile(Story.model_validate(content), path.parent)
    except ValidationError as error:
        raise BadStory(f"{path.name} 写得不对：\n" + "\n".join(_words(detail) for detail in error.errors())) from error


_NAME = re.compile(r"\$\{([^{}\n]*)\}")
_HIDDEN_NAME = re.compile("\ue000(.*?)\ue001")


def load(text: str) -> Any:
    """YAML as stories write it. `${name}` needs no quotes, also where YAML would take its braces for a mapping."""
    return _with_names(yaml.load(_NAME.sub("\ue000\\1\ue001", text), Loader=_Loader))


def _with_names(value: Any) -> Any:
    if isinstance(value, str):
        return _HIDDEN_NAME.sub(r"${\1}", value)
    if isinstance(value, dict):
        return {_with_names(key): _with_names(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_names(item) for item in value]
    return value


def _words(detail: Any) -> str:
    place = list(detail["loc"])
    if place[:1] == ["steps"] and len(place) > 1:
        place = [f"第 {int(place[1]) + 1} 步", *place[2:]]
    return f"  {' / '.join(str(part) for part in place) or '开头'}：{detail['msg'].removeprefix('Value error, ')}"
