"""Works a figure out from the printed tables of a model alone, as anybody could with a pen and a calculator."""

import re
from fractions import Fraction
from math import floor

NUMBER = r"£?(-?[\d,]+(?:\.\d+)?)"


def number(text):
    share = text.endswith("%")
    return Fraction(re.sub("[£,%]", "", text)) / (100 if share else 1)


def found(says, text):
    """Read the numbers of a sentence, of which ``…`` stands for each; nothing where it is not said."""
    pattern = re.escape(says).replace("…", NUMBER + "%?")
    match = re.search(pattern, text)
    return [number(each) for each in match.groups()] if match else None


class Table:
    """Values by label and level; no level is an answer that is not given."""

    def __init__(self):
        self.rows = {}

    def read(self, line, pairs):
        first, *cells = re.split(r"\s{2,}", line.strip())
        if absent := re.match(r"(.*), where either is not answered: (\S+)", line.strip()):
            self.rows[absent[1]][None] = number(absent[2])
        elif first in pairs:
            self.rows[first], self.both = {}, first
        elif first.rpartition(" ")[0] in {one for one, _ in pairs.values()} and cells:
            row = int(first.rpartition(" ")[2])
            values = {(row, column): number(cell) for column, cell in enumerate(cells)}
            self.rows[self.both] |= values
        elif first != "level" and cells:
            values = [number(cell) for cell in cells]
            self.rows[first] = dict(enumerate(values[:-1])) | {None: values[-1]}

    def all_of(self, answers):
        return [row[answers[label]] for label, row in self.rows.items()]


class Part:
    def __init__(self, lines, pairs):
        self.areas, self.added, self.factors, self.points, self.doubled = (
            [],
            Table(),
            Table(),
            [],
            None,
        )
        for line in lines:
            says = line.strip()
            if says.startswith("The weight of "):
                table = Table()
                self.areas.append((table, Table()))
            elif says.startswith("What unpaid care leaves of "):
                table = self.areas[-1][1]
            elif says == "Added to the weight":
                table = self.added
            elif says.startswith("The graph: "):
                (self.step,), table = found("to the nearest …", says), None
            elif says == "The units are multiplied by":
                table = self.factors
            elif says.startswith("All of it is multiplied by "):
                (times,) = found("All of it is multiplied by … from any", says)
                levels = [each.rpartition(" ") for each in says.partition("on: ")[2].split(", ")]
                self.doubled = times, {label: int(level) for label, _, level in levels}
            elif says.startswith("weight  "):
                weights = [number(each) for each in says.split()[1:]]
            elif says.startswith("units  "):
                self.points += zip(weights, map(number, says.split()[1:]), strict=True)
            else:
                table.read(line, pairs)

    def units(self, answers):
        weight = Fraction(0)
        for needs, left in self.areas:
            area = sum(needs.all_of(answers))
            for share in left.all_of(answers):
                area *= share
            weight += area
        weight += sum(self.added.all_of(answers))
        units = self.read_off(floor(weight / self.step + Fraction(1, 2)) * self.step)
        for factor in self.factors.all_of(answers):
            units *= factor
        if self.doubled:
            times, levels = self.doubled
            above = (answers[name] is not None and answers[name] >= n for name, n in levels.items())
            units *= times if any(above) else 1
        return units

    def read_off(self, weight):
        (x, y), *others = self.points
        if weight <= x:
            return y
        for beyond, above in others:
            if weight <= beyond:
                return y + (above - y) * (weight - x) / (beyond - x)
            x, y = beyond, above
        return y


class ByHand:
    """The printed method, read; ``pounds`` gives what comes of answers by label."""

    def __init__(self, text):
        self.text = text
        self.prices = {
            name: number(price)
            for name, price in re.findall(r"^  (\S.*?) +(£\S+) per ", text, re.MULTILINE)
        }
        ranks = re.findall(r"^  (.*): the (highest|second highest) of (.*)$", text, re.MULTILINE)
        self.ranks = {
            label: (place == "second highest", of.split(", ")) for label, place, of in ranks
        }
        both = r"^  (.*): a row for each level of (.*), a column for each of (.*)$"
        self.pairs = {
            label: (one, other) for label, one, other in re.findall(both, text, re.MULTILINE)
        }
        edges = re.findall(r"^ +(.*): levels begin at (.*)$", text, re.MULTILINE)
        self.edges = {label: [number(each) for each in begin.split(", ")] for label, begin in edges}
        self.sections = re.split(r"\n\n(?=Service \d|The threshold: |The whole: )", text)[1:]

    def answers(self, given):
        told = dict(given)
        for label, edges in self.edges.items():
            if told[label] is not None:
                told[label] = sum(told[label] >= edge for edge in edges)
        for label, (second, of) in self.ranks.items():
            known = sorted((given[name] for name in of if given[name] is not None), reverse=True)
            told[label] = known[second] if len(known) > second else None
        for label, pair in self.pairs.items():
            levels = tuple(given[name] for name in pair)
            told[label] = None if None in levels else levels
        return told

    def parts(self, section):
        lines = section.splitlines()
        starts = [n for n, line in enumerate(lines) if line.startswith("Part ")]
        for start in starts:
            ends = (n for n in range(start + 1, len(lines)) if not lines[n].startswith("  "))
            yield Part(lines[start + 1 : next(ends, len(lines))], self.pairs)

    def added_up(self, section, answers):
        units = sum(part.units(answers) for part in self.parts(section))
        least = found("Less than … a week counts as none.", section)
        return 0 if least and units < least[0] else units

    def pounds(self, given):
        answers, units, threshold, whole = self.answers(given), {}, True, None
        for section in self.sections:
            title = section.splitlines()[0]
            if title.startswith("The threshold"):
                (least,) = found("Where they come to less than … together", section)
                threshold = sum(part.units(answers) for part in self.parts(section)) >= least
            elif title.startswith("The whole"):
                basket = re.findall(r"^  (\S+)  +(\d+\.\d+)$", section, re.MULTILINE)
                index = sum(number(n) * self.prices[name] for name, n in basket)
                whole = self.added_up(section, answers), index, section
            else:
                name = re.match(r"Service \d+: (.*), ", title)[1]
                units[name] = self.left(section, name, self.added_up(section, answers), units)
        total = sum(units[name] * price for name, price in self.prices.items())
        total = self.mixed(total, *whole) if whole else total
        return self.agreed(total) if threshold else Fraction(0)

    def left(self, section, name, units, others):
        says = r"Each \S+ of (.*) takes off (\S+)% of it, at most (\S+)% in all, and at most (\S+)% of that"
        for source, *shares in re.findall(says, section):
            rate, most, worth = (number(each) / 100 for each in shares)
            price = worth * self.prices[source] / self.prices[name]
            units -= min(most * units, rate * others[source] * units, price * others[source])
        return units

    def mixed(self, total, whole, index, section):
        if shares := found(
            "…% of each figure goes by what needs came to in all, and …% by", section
        ):
            share, kept = (each / 100 for each in shares)
            return kept * total + share * index * whole
        point, kept, share = found("above … a week …% is left, and …% of what needs", section)
        over = max(total - point * index, 0), max(whole - point, 0)
        return min(total, point * index) + kept / 100 * over[0] + share / 100 * index * over[1]

    def agreed(self, total):
        least = found("Less than … a week in all counts as nothing", self.text)
        if least and total < least[0]:
            return Fraction(0)
        if taper := re.search(
            r"In the end, (\S+) is agreed of what is above £(\S+) a week", self.text
        ):
            share = 0 if taper[1] == "nothing" else number(taper[1])
            point = number(taper[2])
            total = min(total, point) + share * max(total - point, 0)
        if past := found("past … a week in all something else is given instead", self.text):
            package = re.search(r"given instead: (.*)\.", self.text)[1].split(", ")
            costs = (each.split(" of ") for each in package)
            cost = sum(number(units) * self.prices[name] for units, name in costs)
            total = cost if total > past[0] else total
        return Fraction(floor(total * 100 + Fraction(1, 2)), 100)
