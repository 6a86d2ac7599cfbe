"""What a browser would post of a form as it stands: the successful controls of its HTML."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.posted = {}
        self.select = None
        self.area = None

    def give(self, name, text):
        if name:
            self.posted.setdefault(name, []).append(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input":
            self.input(given)
        elif tag == "select":
            self.select = (given.get("name"), "multiple" in given, [])
        elif tag == "option" and self.select:
            self.select[2].append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.area = (given.get("name"), [])

    def input(self, given):
        kind, text = given.get("type", "text"), given.get("value") or ""
        if kind in {"checkbox", "radio"}:
            if "checked" in given:
                self.give(given.get("name"), given.get("value", "on"))
        elif kind not in {"submit", "button", "file"}:
            one_line = text.replace("\r", "").replace("\n", "")
            self.give(given.get("name"), text if kind == "hidden" else one_line)

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            name, many, options = self.select
            chosen = [value for value, selected in options if selected]
            for value in chosen if many else chosen[-1:] or [o[0] for o in options[:1]]:
                self.give(name, value)
            self.select = None
        elif tag == "textarea" and self.area:
            name, pieces = self.area
            text = "".join(pieces).removeprefix("\n").replace("\r\n", "\n")
            self.give(name, text.replace("\n", "\r\n"))
            self.area = None


def typed_form(html):
    """Give what a browser would post of the form of a page in which one types."""
    return successful_controls(html.partition("novalidate")[2].partition("</form>")[0])


def successful_controls(html):
    """Give each name's posted texts, as HTML says that a browser makes them."""
    reader = _Reader()
    reader.feed(html)
    return reader.posted
