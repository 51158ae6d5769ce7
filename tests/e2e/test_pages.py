"""What is drawn of a call, in a real browser: the guide's picture is what the program draws, and its page does what it says."""
import os
import tempfile

import story
import tap
from pages import Page

INVITE, TRYING, FORWARDED = (f".rung[data-m='{n}'] .label" for n in (0, 1, 2))
SHOWN = "document.getElementById('message').innerText"


def test_the_picture_in_the_guide_is_what_is_drawn():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "drawn.svg")
        story.draw(path)
        with open(path, encoding="utf-8") as drawn, open(story.PICTURE, encoding="utf-8") as shown:
            assert drawn.read() == shown.read(), "draw it anew: tests/e2e/story.py says how"


def test_a_picture_is_one_that_browsers_show():
    with Page("file://" + os.path.abspath(story.PICTURE)) as page:
        words = page.value("document.documentElement.textContent")
        for wanted in ("alice@example.com calls bob@example.com", "answered by carol", "dialog with bob (192.0.2.12:5060)", "rings", "passes requests on",
                       "another call", "RTP PCMU", "+1.5"):
            assert wanted in words, (wanted, words)
        box = "(r => [r.x, r.y, r.right, r.bottom])({}.getBoundingClientRect())"
        paper = page.value(box.format("document.querySelector('.paper')"))
        outside = page.value("[...document.querySelectorAll('text')].map(t => t.getBoundingClientRect()).filter("
                             f"r => r.x < {paper[0]} || r.y < {paper[1]} || r.right > {paper[2]} || r.bottom > {paper[3]}).length")
        assert outside == 0, outside


def test_a_page_opens_messages_and_compares_them():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "drawn.html")
        story.draw(path)
        with Page("file://" + path, 1640, 1000) as page:
            assert page.value("document.getElementById('message').hidden") is True
            page.click(INVITE)
            shown = page.value(SHOWN)
            assert "INVITE sip:bob@example.com SIP/2.0" in shown and "asks for a call" in shown and "m=audio" in shown, shown
            page.key("ArrowDown")
            assert "SIP/2.0 100" in page.value(SHOWN)
            page.click(INVITE)
            page.click(FORWARDED, shift=True)
            marked = page.value("[...document.querySelectorAll('#message .gone, #message .new')].map(e => e.textContent.trim())")
            assert "\u2212 Max-Forwards: 70" in marked and "+ Max-Forwards: 69" in marked, marked
            assert not any("m=audio" in line for line in marked), marked
            page.key("Escape")
            assert page.value("document.getElementById('message').hidden") is True
            page.click(TRYING)
            page.click("#message button")
            assert page.value("document.getElementById('message').hidden") is True


tap.run()
