"""The agreed words of every notice, kept as files. After a deliberate change: `python -m tests.notifications.golden`."""

from pathlib import Path

from notifications.rendering import Rendered, render
from tests.notifications.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"


def files(rendered: Rendered) -> dict[Path, str]:
    return {
        GOLDEN / f"{rendered.notice}.subject.txt": rendered.subject + "\n",
        GOLDEN / f"{rendered.notice}.body.txt": rendered.text,
        GOLDEN / f"{rendered.notice}.body.html": rendered.html,
    }


def write() -> None:
    for notice in SAMPLES.values():
        for path, text in files(render(notice)).items():
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
