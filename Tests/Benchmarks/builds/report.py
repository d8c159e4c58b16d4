"""The page that `make benchmark` writes, with its plot."""

import json
import time

from measuring import machine, median


class Table:
    """Cases of one kind of content; the first case is what the others are compared with."""

    def __init__(self, title, about):
        self.title, self.about, self.rows = title, about, []

    def add(self, name, runs, aim=None):
        medians = {key: round(median(runs, key), 3) for key in ("wall", "cpu", "rss", "bytes")}
        self.rows.append({"name": name, "aim": aim or ""} | medians)


class Results:
    """What was measured of each case, the last time that it was: a long run may be made in parts."""

    def __init__(self, file, order):
        self.file, self.order = file, order
        self.cases = json.loads(file.read_text()) if file and file.exists() else {}

    def put(self, case, table, notes, runs, folder):
        self.cases[case] = {
            "when": f"{time.strftime('%Y-%m-%d', time.gmtime())}, {machine(folder)}", "runs": runs,
            "table": vars(table) if table else None, "notes": notes}
        if self.file:
            self.file.write_text(json.dumps(self.cases, indent=1, ensure_ascii=False) + "\n")

    def all(self):
        return [self.cases[case] for case in self.order if case in self.cases]


def stages(runs):
    names = runs[0]["stages"]
    return ", ".join(
        f"{name} {median([run['stages'] | {'wall': run['stages'].get(name, 0)} for run in runs], 'wall'):.1f}"
        for name in names)


def lines(case):
    table = case["table"]
    if not table:
        return []
    runs = "one run" if case["runs"] == 1 else f"medians of {case['runs']} interleaved runs"
    lines = [f"## {table['title']}", "", f"{table['about']} {case['when']}; {runs}.", "",
             "| case | wall s | CPU s | peak MB | image MB | times faster | to reach |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    first = table["rows"][0]
    for row in table["rows"]:
        ratio = f"{first['wall'] / row['wall']:.1f}" if row is not first else ""
        lines.append(
            f"| {row['name']} | {row['wall']:.2f} | {row['cpu']:.2f} | {row['rss'] / 1e6:.0f} | "
            f"{row['bytes'] / 1e6:.1f} | {ratio} | {row['aim']} |")
    return lines + [""]


def page(results, why):
    """`why`: what the figures are made of, in words of people."""
    text = ["# Performance", "", "Written by `make benchmark`; do not edit by hand.", "",
            "Whole processes; CPU time counts all cores; peak memory is that of the largest single "
            "process. Everything comes from a mirror on loopback or from kiln's store; the peers' "
            "figures contain their `apt-get update` of that mirror, which a lock spares kiln.", "",
            "![wall time of each case](performance.svg)", ""]
    for case in results.all():
        text += lines(case)
        for note in case["notes"]:
            text += [note, ""]
    return "\n".join(text) + "\n" + why


def plot(results):
    """Bars of wall time on a logarithmic scale, one group a table."""
    tables = [case["table"] for case in results.all() if case["table"]]
    bars = [(table["title"], row["name"], row["wall"]) for table in tables for row in table["rows"]]
    low = min(wall for *_, wall in bars) / 2
    high = max(wall for *_, wall in bars)

    def width(wall):
        from math import log
        return 430 * log(wall / low) / log(high / low)

    parts, top, before = [], 10, None
    for title, name, wall in bars:
        if title != before:
            top += 26
            parts.append(f'<text x="8" y="{top}" font-weight="bold">{title}</text>')
            before = title
        top += 20
        color = "#c2410c" if name.startswith("kiln") else "#64748b"
        plain = name.replace("\\|", "|").replace("&", "&amp;").replace("<", "&lt;")
        parts.append(
            f'<text x="8" y="{top}">{plain}</text>'
            f'<rect x="300" y="{top - 12}" width="{width(wall):.0f}" height="14" fill="{color}"/>'
            f'<text x="{304 + width(wall):.0f}" y="{top}">{wall:.2f} s</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{top + 16}" '
            'font-family="sans-serif" font-size="12"><title>Wall time, logarithmic</title>'
            f'<rect width="800" height="{top + 16}" fill="#ffffff"/>' + "".join(parts) + "</svg>\n")
