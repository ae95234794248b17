import pytest

from policy.masking import mask_account, mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("王小明", "王**"), ("欧阳建国", "欧***"), ("张", "*"), (" 张三 ", "张*"), ("", "")],
)
def test_name_shows_its_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("140522195803120017", "140522********0017"),
        ("14052219580312001X", "140522********001X"),
        ("140522580312001", "140522*****2001"),
        ("14052219580312001", "*" * 17),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_id_number_hides_the_date_of_birth(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812345678", "138****5678"), ("0356-4223456", "**********56"), ("4223456", "*****56"), ("123", "***")],
)
def test_phone_shows_its_ends(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6222021234567890123", "***************0123"),
        ("6222 0212 3456 7890", "************7890"),
        ("62220212", "****0212"),
        ("6222021", "*******"),
        ("", ""),
    ],
)
def test_account_shows_its_last_four_digits(number: str, shown: str) -> None:
    assert mask_account(number) == shown


@pytest.mark.parametrize("mask", [mask_name, mask_id_number, mask_phone, mask_account])
@pytest.mark.parametrize("length", range(1, 31))
def test_nothing_is_shown_whole(mask: object, length: int) -> None:
    text = "1234567890" * 3
    shown = mask(text[:length])  # type: ignore[operator]
    assert "*" in shown
    assert len(shown) == length
