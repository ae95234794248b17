import pytest

from notifications.message_id import message_id, notice_id_of

ROW = "0199f2c4-7a10-7c3e-9b1d-3f5a6e7d8c90"


def test_message_id_is_made_from_the_row() -> None:
    assert message_id(ROW, "ybj.example.cn") == f"<notice-{ROW}@ybj.example.cn>"


def test_notice_id_of_is_the_inverse() -> None:
    assert notice_id_of(message_id(ROW, "localhost")) == ROW


@pytest.mark.parametrize(
    ("row", "domain"), [("", "localhost"), ("1", ""), ("1\r\nBcc: x", "localhost"), ("1", "a b"), ("1>", "x")]
)
def test_what_a_header_cannot_carry_is_refused(row: str, domain: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        message_id(row, domain)


@pytest.mark.parametrize("other", ["<abc@localhost>", "notice-1@localhost", ""])
def test_foreign_message_id_is_refused(other: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        notice_id_of(other)
