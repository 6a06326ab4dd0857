"""HTML mails as text."""

import pytest

from libs.channels.email_mailgun.html_text import text_of_html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<b>bold</b> and\n  <i>more</i>", "bold and more"),
        ("a &amp; b &lt;c&gt; &#1078;&nbsp;d", "a & b <c> ж d"),
        ("<style>p {}</style><script>x()</script>text<!-- no -->", "text"),
        ("<title>no</title>text <!doctype x>", "text"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("new<blockquote>old<blockquote>older</blockquote></blockquote>", "new\n> old\n> > older"),
        ("</blockquote>text", "text"),
        ("2 < 3 and <unclosed", "2 < 3 and <unclosed"),
        ("<script>never closed, shown", "never closed, shown"),
        ("kept<!-- never closed", "kept never closed"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(source: str, text: str) -> None:
    """Blocks are lines, quotations are marked, what isn't shown is left out."""
    assert text_of_html(source) == text


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["<", "<a", "<!--", "<script>", "<a " + "b" * 50, "</", "&"])
def test_hostile_html_takes_linear_time(piece: str) -> None:
    """A megabyte of beginnings without an end is read in a moment."""
    assert text_of_html(piece * (1_000_000 // len(piece))) is not None


@pytest.mark.timeout(5)
def test_endless_tag_name_takes_linear_time() -> None:
    """One tag of a megabyte isn't tried again from each of its letters."""
    assert text_of_html("<" + "a" * 1_000_000).startswith("<aaa")
