"""One HTML page from what all.py measured: tables, and plots as inline SVG.

The page needs nothing else and has no scripts. What was not measured has no section.
"""

import html
import math

import summary

COLOURS = ["#3b6fb6", "#d9822b", "#5a9e5a", "#b0476b", "#7d6bb0", "#7a7a7a"]

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .15em .8em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
svg { font: 12px system-ui, sans-serif; }
"""


def table(header, rows):
    """Cells are text; the first of each row names it."""
    def line(cells, tag):
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
    return "<table>" + line(header, "th") + "".join(line(row, "td") for row in rows) + "</table>"


def _legend(names, y):
    parts, x = [], 150
    for index, name in enumerate(names):
        parts.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{_colour(index)}"/>'
                     f'<text x="{x + 17}" y="{y + 11}">{html.escape(name)}</text>')
        x += 40 + 8 * len(name)
    return "".join(parts)


def _colour(index):
    return COLOURS[index % len(COLOURS)]


def bars(groups, names, reference=None):
    """Horizontal bars: `groups` is [(label, {name: value})]; a line marks `reference`."""
    values = [value for _, entries in groups for value in entries.values()]
    if not values:
        return ""
    # One bad value must not hide the others: longer bars are cut, and say how long they are.
    limit = min(max(values), 3 * sorted(values)[len(values) // 2])
    left, width, thickness = 150, 620, 11
    scale = width / limit
    parts, y = [_legend(names, 4)], 26
    for label, entries in groups:
        height = thickness * len(names)
        parts.append(f'<text x="{left - 8}" y="{y + height / 2 + 4}" text-anchor="end">'
                     f"{html.escape(label)}</text>")
        for index, name in enumerate(names):
            if name in entries:
                value = entries[name]
                length = min(value, limit) * scale
                at = y + index * thickness
                parts.append(f'<rect x="{left}" y="{at}" width="{length:.1f}" height="{thickness - 1}" '
                             f'fill="{_colour(index)}"/><text x="{left + length + 4:.1f}" y="{at + 9}" '
                             f'font-size="10">{value:.3g}</text>')
        y += height + 7
    if reference is not None:
        x = left + reference * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="22" y2="{y}" stroke="#333" '
                     'stroke-dasharray="3 3"/>')
    return f'<svg width="{left + width + 60}" height="{y + 4}">{"".join(parts)}</svg>'


def scatter(points, x_label, y_label):
    """`points`: [(label, x, y)], both axes logarithmic."""
    points = [point for point in points if point[1] > 0 and point[2] > 0]
    if not points:
        return ""
    left, top, width, height = 70, 15, 600, 260

    def axis(values):
        low = math.floor(math.log10(min(values)))
        return low, max(low + 1, math.ceil(math.log10(max(values))))

    x_low, x_high = axis([point[1] for point in points])
    y_low, y_high = axis([point[2] for point in points])

    def x_of(value):
        return left + (math.log10(value) - x_low) / (x_high - x_low) * width

    def y_of(value):
        return top + height - (math.log10(value) - y_low) / (y_high - y_low) * height

    parts = []
    for power in range(x_low, x_high + 1):
        x = x_of(10.0 ** power)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + height}" stroke="#ddd"/>'
                     f'<text x="{x:.1f}" y="{top + height + 16}" text-anchor="middle">{10.0 ** power:g}</text>')
    for power in range(y_low, y_high + 1):
        y = y_of(10.0 ** power)
        parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0 ** power:g}</text>')
    for label, x, y in points:
        parts.append(f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="4" fill="{_colour(0)}"/>'
                     f'<text x="{x_of(x) + 7:.1f}" y="{y_of(y) - 5:.1f}">{html.escape(label)}</text>')
    parts.append(f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">'
                 f'{html.escape(x_label)}</text><text x="{left}" y="11">{html.escape(y_label)}</text>')
    return f'<svg width="{left + width + 130}" height="{top + height + 42}">{"".join(parts)}</svg>'


def _code(code, title):
    names = [name for name in code["summary"] if name != code["reference"]]
    groups = [(result["program"], {name: entry["ratio"] for name, entry in result["engines"].items()
                                   if name in names and "ratio" in entry})
              for result in code["results"]]
    return [f"<h2>{title}</h2>",
            f"<p>Time ÷ time of {html.escape(code['reference'])}, medians of {code['runs']} rounds in "
            "which all run in turn. Less is better.</p>",
            bars(groups, names, reference=1.0)]


def _compile(entries):
    rows = [(entry["module"], entry["compiler"], f"{entry['cpu_seconds']:.2f}",
             f"{entry['wall_seconds']:.2f}", f"{entry['peak_bytes'] / 2**20:.0f}",
             f"{entry['output_bytes'] / 1000:.0f}") for entry in entries]
    return ["<h2>Compiling</h2>", "<p>One variant, guard pages.</p>",
            table(["module", "compiler", "CPU (s)", "wall (s)", "peak memory (MiB)", "output (kB)"], rows)]


def _start(startup):
    processes = startup["processes"]
    rows = [(name, f"{entry['median_seconds'] * 1e3:.3f}", f"{entry['least_seconds'] * 1e3:.3f}",
             f"{entry['peak_bytes'] / 2**20:.2f}" if entry.get("peak_bytes") else "")
            for name, entry in processes.items() if "median_seconds" in entry]
    loading = startup["loading"]
    load_rows = [(entry["file"], entry["bytes"], f"{entry['load_ns'] / 1e3:.1f}",
                  f"{entry['instantiate_ns'] / 1e3:.1f}") for entry in loading]
    return ["<h2>Start</h2>", table(["hello as a process", "median (ms)", "least (ms)", "peak memory (MiB)"], rows),
            table(["container", "bytes", "load (µs)", "instantiate (µs)"], load_rows),
            scatter([(entry["file"], entry["bytes"], entry["load_ns"] / 1e3) for entry in loading],
                    "bytes of the file", "load and check (µs)")]


def page(document):
    """The HTML of what all.py wrote as JSON."""
    parts = [f"<p>{html.escape(document['processor'] or '')}, {document['processors']} processors. "
             "Only ratios within one run mean anything.</p>"]
    parts += ["<h2>In short</h2>", table(*summary.table_of(summary.rows_of(document)))]
    for key, title in (("code", "Code"), ("code_simd", "Code from -msimd128 WebAssembly")):
        if key in document:
            parts += _code(document[key], title)
    if document.get("compile"):
        parts += _compile(document["compile"])
    if "startup" in document:
        parts += _start(document["startup"])
    if "calls" in document:
        engines = document["calls"]
        parts += ["<h2>Calls</h2>", table(["ns"] + list(engines), [
            [name.removesuffix("_ns").replace("_", " ")] + [f"{calls[name]:.1f}" for calls in engines.values()]
            for name in next(iter(engines.values()))])]
    if document.get("program_sizes"):
        builds = document["program_sizes"]
        parts += ["<h2>The loader's sizes</h2>", table(builds[0], [build.values() for build in builds])]
    if document.get("sizes"):
        parts += ["<h2>Sizes</h2>", table(["file", "bytes"], document["sizes"].items())]
    return ("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tenon: measurements"
            f"</title><style>{STYLE}</style></head><body><h1>Tenon: measurements</h1>\n"
            + "\n".join(parts) + "\n</body></html>\n")
