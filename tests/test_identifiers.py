from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.errors import DataError
from fukuhon.identifiers import (
    AddresseeNumber,
    BodyCode,
    DatasetCode,
    ReceiptKind,
    ReceiptNumber,
    RecordKey,
    RecordVersion,
    SpiCode,
    UserId,
    body_check_digit,
    contains_my_number,
    is_my_number,
    mask_my_numbers,
    my_number_check_digit,
)

GOOD = {
    AddresseeNumber: "000000000012345",
    SpiCode: "TM00000000000002",
    DatasetCode: "TK00000100000005",
    RecordKey: "A0001",
    RecordVersion: "2.10",
    UserId: "groustaff001",
    BodyCode: "011002",
    ReceiptNumber: "0601201512170000000001",
}
TWELVE = st.text("0123456789", min_size=12, max_size=12)


def my_number(eleven: str) -> str:
    """A number with a right check digit, made from a pattern."""
    return f"{eleven}{my_number_check_digit(eleven)}"


@pytest.mark.parametrize(("type_", "text"), GOOD.items())
def test_parse_keeps_the_text_as_it_is(type_: type, text: str) -> None:
    """A key is the same text afterwards, of a type of its own: no zero goes, no case changes."""
    parsed = type_.parse(text)
    assert parsed == text
    assert type(parsed) is type_


@pytest.mark.parametrize(("type_", "text"), GOOD.items())
@pytest.mark.parametrize("spoil", [" {}", "{} ", "{}\n", "{}０", "", "{}é"])
def test_parse_refuses_what_only_looks_alike(type_: type, text: str, spoil: str) -> None:
    """Blanks, line ends, full-width digits and nothing at all are other values."""
    with pytest.raises(DataError) as caught:
        type_.parse(spoil.format(text))
    assert caught.value.code == "IDENTIFIERS-002"


@pytest.mark.parametrize("type_", GOOD)
@pytest.mark.parametrize("value", [100000000012345, 1.0, None, b"A0001", ["A0001"]])
def test_parse_refuses_what_is_no_string(type_: type, value: object) -> None:
    """A number where a key should be is the incident of the lost leading zero."""
    with pytest.raises(DataError) as caught:
        type_.parse(value)
    assert caught.value.code == "IDENTIFIERS-001"


@pytest.mark.parametrize("type_", [AddresseeNumber, RecordKey])
@given(text=st.text(min_size=20, max_size=30))
def test_refusal_never_tells_a_personal_value(type_: type, text: str) -> None:
    """What was refused may be a person's number: the message has its form and length only."""
    with pytest.raises(DataError) as caught:
        type_.parse(f"{text} ")
    assert text not in str(caught.value)
    assert text not in repr(caught.value.facts)


@pytest.mark.parametrize("type_", [AddresseeNumber, RecordKey])
def test_repr_never_tells_a_personal_value(type_: type) -> None:
    """A traceback with local variables must not show a person's key."""
    assert GOOD[type_] not in repr(type_.parse(GOOD[type_]))


@given(TWELVE)
def test_one_check_digit_in_ten_is_right(text: str) -> None:
    """Of the ten numbers that share eleven digits, exactly one is a My Number."""
    assert sum(is_my_number(f"{text[:11]}{digit}") for digit in range(10)) == 1


@given(TWELVE, st.integers(0, 11), st.integers(1, 9))
def test_one_mistyped_digit_is_mostly_seen(text: str, place: int, shift: int) -> None:
    """A single wrong digit passes only where the check digit is 0, which stands for two remainders."""
    right = my_number(text[:11])
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert not is_my_number(wrong) or right[11] == "0" or wrong[11] == "0"


@pytest.mark.parametrize("text", ["", "12345678901", "1234567890188", "１２３４５６７８９０１８", "12345678901x"])
def test_is_my_number_wants_twelve_half_width_digits(text: str) -> None:
    """Other lengths and other digits are no My Number."""
    assert not is_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "個人番号123456789018です",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "１２３４－５６７８－９０１８",
        "key=123456789018&x=1",
    ],
)
def test_my_number_is_found_in_the_ways_people_write_it(text: str) -> None:
    """With hyphens, blanks, full-width digits and text around it; the mask leaves nothing to find."""
    assert contains_my_number(text)
    masked = mask_my_numbers(text)
    assert "*" * 12 in masked
    assert not contains_my_number(masked)


@pytest.mark.parametrize("text", ["000123456789018", "0601201512170000000001", "1234-56789018", "123456789012", ""])
def test_longer_numbers_and_wrong_digits_are_let_through(text: str) -> None:
    """Addressee numbers and receipts hold twelve digits by chance; only runs that stand alone count."""
    assert not contains_my_number(text)
    assert mask_my_numbers(text) == text


@given(st.text(max_size=40), TWELVE, st.text(max_size=40))
def test_mask_leaves_nothing_to_find(before: str, number: str, after: str) -> None:
    """Whatever stands around it, nothing is found after masking."""
    assert not contains_my_number(mask_my_numbers(f"{before} {my_number(number[:11])} {after}"))


@pytest.mark.parametrize(("five", "digit"), [("01100", 2), ("13101", 6), ("47201", 8), ("99201", 1), ("00000", 1)])
def test_body_check_digit(five: str, digit: int) -> None:
    """札幌市, 千代田区, 那覇市 and others: weights 6 to 2, modulus 11; 10 becomes 0, 11 becomes 1."""
    assert body_check_digit(five) == digit


def test_body_code_with_a_wrong_check_digit_is_refused() -> None:
    """A mistyped body code would register into another body's server."""
    with pytest.raises(DataError) as caught:
        BodyCode.parse("011003")
    assert caught.value.code == "IDENTIFIERS-003"


def test_record_version_is_searched_by_its_integer_part() -> None:
    """SC_DBM_0701 wants the decimals cut off, not rounded."""
    assert RecordVersion.parse("2.99").search == "2"
    assert RecordVersion.parse("3").search == "3"


def test_receipt_tells_its_date_and_kind() -> None:
    """Digits 5–12 are a date, the first four say what it was given for."""
    number = ReceiptNumber.parse("0601201512170000000001")
    assert (number.date, number.kind, number.joins_registration) == (date(2015, 12, 17), ReceiptKind.REGISTRATION, True)


def test_receipt_of_an_unknown_prefix_joins_nothing() -> None:
    """The prefix is a guess from two screens: what it does not know stays opaque and is joined to nothing."""
    number = ReceiptNumber.parse("0702201512170000000001")
    assert (number.kind, number.joins_registration) == (ReceiptKind.OTHER, False)


def test_lost_zero_of_a_receipt_shows_in_its_date() -> None:
    """A receipt that went through a number has its digits shifted by one."""
    with pytest.raises(DataError) as caught:
        ReceiptNumber.parse("601201512170000000001")
    assert caught.value.code == "IDENTIFIERS-004"


@pytest.mark.parametrize("name", ["result.xml", "0809201512180000000_result.csv", "0601201512170000000001_result.xml"])
def test_other_names_are_no_result_file(name: str) -> None:
    """A 突合用ファイル carries the number of its own request, never a registration's."""
    with pytest.raises(DataError) as caught:
        ReceiptNumber.of_result_file(name)
    assert caught.value.code == "IDENTIFIERS-005"


def test_result_file_carries_the_number_of_its_request() -> None:
    """The name is the number and a fixed ending."""
    number = ReceiptNumber.of_result_file("080920151218000000001_result.xml")
    assert (number, number.kind) == ("080920151218000000001", ReceiptKind.MATCHING)
