"""Turns the times of many runs into ratios, a table and JSON.

A ratio is taken between two engines within one run, because what else a machine
does changes from minute to minute; the median over the runs is what is reported.
"""

import math
import statistics

# Native code may fuse a multiplication and an addition where WebAssembly rounds
# twice, so that the last printed digits can differ without anything being wrong.
ROUNDING = 1e-5

OK = "ok"
ROUNDED = "rounded"
MISMATCH = "mismatch"
FAILED = "failed"


def _same_but_for_rounding(left, right):
    left_words, right_words = left.split(), right.split()
    if len(left_words) != len(right_words):
        return False
    for left_word, right_word in zip(left_words, right_words):
        if left_word == right_word:
            continue
        # Only numbers with a point are subject to rounding.
        if "." not in left_word or "." not in right_word:
            return False
        try:
            numbers = float(left_word), float(right_word)
        except ValueError:
            return False
        if not math.isclose(*numbers, rel_tol=ROUNDING, abs_tol=1e-12):
            return False
    return True


def compare(expected, actual):
    """How the result of one engine relates to the result of another."""
    if expected == actual:
        return OK
    return ROUNDED if _same_but_for_rounding(expected, actual) else MISMATCH


def worse(left, right):
    order = [OK, ROUNDED, MISMATCH, FAILED]
    return max(left, right, key=order.index)


def geometric_mean(values):
    return math.exp(sum(math.log(value) for value in values) / len(values))


def summarise(times, reference_times):
    """Median time and median of the ratios of corresponding runs."""
    entry = {"seconds": statistics.median(times), "runs": times}
    if reference_times is not None and len(reference_times) == len(times):
        ratios = [own / reference for own, reference in zip(times, reference_times)]
        entry["ratio"] = statistics.median(ratios)
        entry["ratio_least"] = min(ratios)
        entry["ratio_greatest"] = max(ratios)
    return entry


def totals(results, engine_names):
    """Per engine: geometric mean of the ratios, worst program, and how many count.

    A wrong answer's speed says nothing, so only right ones are counted.
    """
    summary = {}
    for name in engine_names:
        ratios = {
            result["program"]: result["engines"][name]["ratio"]
            for result in results
            if result["engines"][name].get("status") in (OK, ROUNDED)
            and "ratio" in result["engines"][name]
        }
        if ratios:
            worst = max(ratios, key=ratios.get)
            summary[name] = {
                "geometric_mean": geometric_mean(list(ratios.values())),
                "worst_program": worst,
                "worst_ratio": ratios[worst],
                "programs": len(ratios),
            }
    return summary


def _rows(lines):
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            word.ljust(width) if column == 0 else word.rjust(width)
            for column, (word, width) in enumerate(zip(line, widths))
        ).rstrip()
        for line in lines
    )


def _cell(entry, reference):
    status = entry.get("status", FAILED)
    if status == FAILED:
        return FAILED
    if reference or "ratio" not in entry:
        text = f"{entry['seconds']:.4g} s"
    else:
        text = f"{entry['ratio']:.3f}"
    # A star is explained below the table; a mismatch has to catch the eye.
    return {OK: text, ROUNDED: text + "*"}.get(status, text + " " + MISMATCH.upper())


def table(results, engine_names, reference):
    """The table people read: seconds for the reference, ratios for the others."""
    lines = [["program"] + engine_names]
    for result in results:
        cells = [_cell(result["engines"][name], name == reference) for name in engine_names]
        lines.append([result["program"]] + cells)
    summary = totals(results, engine_names)
    if reference is not None:
        mean, worst, count = ["geometric mean"], ["worst"], ["programs counted"]
        for name in engine_names:
            if name == reference or name not in summary:
                mean.append("")
                worst.append("")
                count.append("")
                continue
            mean.append(f"{summary[name]['geometric_mean']:.3f}")
            worst.append(f"{summary[name]['worst_ratio']:.3f}")
            count.append(str(summary[name]["programs"]))
        lines += [[""] * len(lines[0]), mean, worst, count]
    text = _rows(lines)
    if reference is not None:
        text += f"\n\n{reference}: median seconds; the others: time divided by {reference}'s."
    if any(entry.get("status") == ROUNDED
           for result in results for entry in result["engines"].values()):
        text += "\n* the last digits of the output differ, as fused multiply-add makes them."
    for name, entry in summary.items():
        if name != reference:
            text += f"\nworst of {name}: {entry['worst_program']}"
    return text
