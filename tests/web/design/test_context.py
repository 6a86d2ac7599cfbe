from __future__ import annotations

from alongside.web.design import context


def test_an_unknown_choice_of_colours_or_size_is_the_default(rf):
    request = rf.get("/")
    request.COOKIES = {"alongside_theme": "dark", "alongside_text": '"><script>'}
    assert context.Display.of(request) == context.Display(theme="dark", text="standard")
