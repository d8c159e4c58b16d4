"""The page that `make benchmark` writes, with its plot."""

import time

from measuring import machine, median


class Table:
    """Cases of one kind of content; the first case is what the others are compared with."""

    def __init__(self, title, about):
        self.title, self.about, self.rows = title, about, []

    def add(self, name, runs, aim=None):
        self.rows.append((name, runs, aim))

    def ratio(self, runs):
        return median(self.rows[0][1], "wall") / median(runs, "wall")

    def lines(self):
        lines = [f"## {self.title}", "", self.about, "",
                 "| case | wall s | CPU s | peak MB | image MB | times faster | to reach |",
                 "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        for index, (name, runs, aim) in enumerate(self.rows):
            ratio = f"{self.ratio(runs):.1f}" if index else ""
            lines.append(
                f"| {name} | {median(runs, 'wall'):.2f} | {median(runs, 'cpu'):.2f} | "
                f"{median(runs, 'rss') / 1e6:.0f} | {median(runs, 'bytes') / 1e6:.1f} | {ratio} | "
                f"{aim or ''} |")
        return lines + [""]


def stages(runs):
    names = runs[0]["stages"]
    return ", ".join(
        f"{name} {median([run['stages'] | {'wall': run['stages'].get(name, 0)} for run in runs], 'wall'):.1f}"
        for name in names)


def page(tables, notes, runs):
    lines = ["# Performance", "", "Written by `make benchmark`; do not edit by hand.", "",
             f"{time.strftime('%Y-%m-%d', time.gmtime())}, {machine()}. Medians of {runs} interleaved "
             "runs of whole processes; CPU time counts all cores; peak memory is that of the largest "
             "single process. Everything comes from a mirror on loopback or from kiln's store; "
             "the peers' figures contain their `apt-get update` of that mirror, which a lock spares "
             "kiln.", "", "![wall time of each case](performance.svg)", ""]
    for table in tables:
        lines += table.lines()
    return "\n".join(lines + notes) + "\n"


def plot(tables):
    """Bars of wall time on a logarithmic scale, one group a table."""
    bars = [(table.title, name, median(runs, "wall"))
            for table in tables for name, runs, _ in table.rows]
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
