"""Quotations taken off replies."""

import pytest

from libs.channels.email_mailgun.quotations import is_reply, without_quotation

WROTE = "On Mon, Apr 2, 2025 at 6:26 PM, Ann <a@b.example> wrote:"


@pytest.mark.parametrize(
    "quotation",
    [
        f"\n{WROTE}\n\n> Hi\n> there",
        f"\n{WROTE}\n> Hi\n\n\n",
        "\nпн, 2 апр. 2025 г. в 18:26, Анна\n<a@b.example> пишет:\n\n> Да",  # noqa: RUF001 - Russian
        "\nAm 02.04.2025 um 18:26 schrieb Ann:\n> Hallo",
        f"\n> {WROTE}\n>\n> Hi",
        "\n> Subject: x\n> From: y\n>\n> Hi",
        "\n-----Original Message-----\nFrom: x\n\nHi",
        "\n---- Исходное сообщение ----\nкто-то писал",  # noqa: RUF001 - Russian
        "\nFrom: x <x@y>\nSent: Monday\nTo: me\nSubject: s\n\nHi",
        "\nОт: x\nДата: 1\nКому: y\nТема: s\n\nHi",  # noqa: RUF001 - Russian
    ],
)
def test_clear_quotation_at_the_end_goes(quotation: str) -> None:
    """Known markers before what reaches to the end."""
    assert without_quotation("My answer." + "\n" + quotation) == "My answer."


@pytest.mark.parametrize(
    "text",
    [
        "I get this error:\n> ENOENT at 12:30",
        f"{WROTE}\n> Hi\nMy answer below.",
        f"First.\n{WROTE}\n> Hi\nMore.",
        "From: the beginning\nit was broken",
        "> all is quoted",
        f"{WROTE}\n> Hi",
        "--\nAnn",
        "",
    ],
)
def test_anything_less_clear_stays(text: str) -> None:
    """Better too much text than too little."""
    assert without_quotation(text) == text


@pytest.mark.parametrize(
    ("subject", "has_references", "expected"),
    [
        ("Re: x", False, True),
        ("AW: x", False, True),
        ("Ответ: x", False, True),
        ("Re[2]: x", False, True),
        ("x", True, True),
        ("Fwd: x", False, False),
        ("Regarding: x", False, False),
        ("", False, False),
    ],
)
def test_reply_is_told_from_other_mails(
    subject: str, *, has_references: bool, expected: bool
) -> None:
    """By its subject's prefix or by its references."""
    assert is_reply(subject=subject, has_references=has_references) is expected
