"""A parameter as sentences name it: what it means, with its key in brackets for those who enter it."""

from policy.parameters import KINDS, base_of, label


def parameter_name(key: str) -> str:
    """救助比例（低保对象） [RATE(DB)]; the key alone where it has no meaning."""
    known = label(key)
    return f"{known} [{key}]" if base_of(key) in KINDS else known
