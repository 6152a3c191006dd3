"""What a file is, by its bytes."""

import io

import pytest

from backoffice.core.filetypes import recognise


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("shift", range(3))
def test_a_long_korean_table_is_text_wherever_its_first_page_is_cut(encoding: str, shift: int) -> None:
    content = ("x" * shift + "가나다라마바사," * 2_000).encode(encoding)
    assert recognise(io.BytesIO(content), len(content)) == "csv"


def test_bytes_that_are_no_text_are_no_table() -> None:
    content = bytes(range(1, 256)) * 40
    assert recognise(io.BytesIO(content), len(content)) is None
