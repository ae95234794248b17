"""Files of a posted form: each is kept at once and carried on as an id, so that a mistake elsewhere never costs an upload."""

from api.errors import Refusal
from api.forms import Wrong
from api.pages.desk import Desk
from api.pages.posted import Posted
from api.uploads import keep_upload
from policy.terms import DocumentKind

UPLOAD = ".upload"


async def keep_uploads(desk: Desk, posted: Posted) -> tuple[Wrong, ...]:
    """Stores the chosen files; their ids and names join what was typed. What could not be stored is named at its line."""
    wrong: list[Wrong] = []
    for control, file in posted.files.items():
        line = control.removesuffix(UPLOAD)
        posted.typed[f"{line}.name"] = [file.filename or ""]
        try:
            key = f"{posted.once}/{control}" if posted.once else None
            kept = await keep_upload(desk.services, desk.signed_in, file, key)
        except Refusal as refusal:
            zh, en = named(posted.text(f"{line}.kind"), refusal.zh, refusal.en)
            wrong.append(Wrong(control, zh, en, refusal.clause))
        else:
            posted.typed[f"{line}.file"] = [str(kept.id)]
    return tuple(wrong)


def named(kind: str, zh: str, en: str) -> tuple[str, str]:
    """What is wrong with a paper, with the paper's name before it; without one for a kind that does not exist."""
    if kind not in set(DocumentKind):
        return zh, en
    return f"{DocumentKind(kind).label}：{zh}", f"{kind}: {en}"
