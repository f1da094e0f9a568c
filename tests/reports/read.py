"""Reads a report from standard input with what Python brings along, and prints {case: verdict} as JSON.

Knows the formats by their definitions and nothing of authspec but where it puts each verdict (docs/reports.md).
"""

import html.parser
import json
import re
import sys
import xml.etree.ElementTree as tree

VERDICTS = {"pass", "warn", "fail", "skip", "inconclusive"}


def of_json(text):
    report = json.loads(text)
    return {case["id"]: case["verdict"] for case in report["cases"]}


def of_events(text):
    lines = [json.loads(line) for line in text.splitlines()]
    cases = [line["case"] for line in lines if line["event"] == "case-finished"]
    return {case["id"]: case["verdict"] for case in cases}


def of_junit(text):
    root = tree.fromstring(text)
    found = {}
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        if "failure" in kinds:
            verdict = "fail"
        elif "error" in kinds:
            verdict = "inconclusive"
        elif "skipped" in kinds:
            verdict = "skip"
        else:
            out = case.findtext("system-out") or ""
            verdict = "warn" if out.startswith("verdict: warn") else "pass"
        found[case.get("name")] = verdict
    for counted, tag in (("failures", "failure"), ("errors", "error")):
        assert int(root.get(counted)) == len(list(root.iter(tag))), counted
    assert int(root.get("tests")) == len(found)
    return found


def of_sarif(text):
    run = json.loads(text)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    found = {rule: "pass" for rule in rules}
    for told in run["invocations"][0]["toolExecutionNotifications"]:
        if "associatedRule" in told:
            verdict = {"warning": "inconclusive", "note": "skip"}[told["level"]]
            found[told["associatedRule"]["id"]] = verdict
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        verdict = {"error": "fail", "warning": "warn"}[result["level"]]
        if found[result["ruleId"]] != "fail":
            found[result["ruleId"]] = verdict
    return found


def of_tap(text):
    lines = text.splitlines()
    assert lines[0] == "TAP version 14"
    found, last, block = {}, None, False
    for line in lines[1:]:
        if block:
            block = line != "  ..."
            told = re.fullmatch(r"  verdict: (\S+)", line)
            if told:
                assert (told[1] in ("pass", "warn")) == (found[last] == "pass"), line
                found[last] = told[1]
            told = re.fullmatch(r"    - (.*)", line) or re.fullmatch(r"  message: (.*)", line)
            if told:
                json.loads(told[1])
            continue
        if line == "  ---":
            block = True
            continue
        point = re.fullmatch(r"(not )?ok (\d+) - ((?:\\.|[^#\\])*?)( # SKIP .*)?", line)
        if point:
            last = re.sub(r"\\(.)", r"\1", point[3])
            found[last] = "skip" if point[4] else "fail" if point[1] else "pass"
            assert int(point[2]) == len(found)
        else:
            assert line.startswith("#") or line == f"1..{len(found)}", line
    return found


def of_markdown(text):
    assert len(text.encode()) <= 1024 * 1024
    head, _, row = re.search(r"(\| failed .*)\n(.*)\n(.*)\n", text).groups()
    cells = dict(zip(*([cell.strip() for cell in line.strip("|").split("|")] for line in (head, row))))
    words = {"failed": "fail", "warned": "warn", "passed": "pass", "skipped": "skip"}
    words["inconclusive"] = "inconclusive"
    return {words[name]: cells[name] for name in words}


class Page(html.parser.HTMLParser):
    """What stands once for each case: a card or an item, with its verdict among its classes and its id within."""

    VOID = {"meta", "input", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.tiles, self.tile = [], {}, None
        self.found, self.verdict, self.inside = {}, None, False

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        assert tag not in ("script", "iframe", "object", "link", "img", "base"), tag
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes), attributes
        if tag not in self.VOID:
            self.open.append(tag)
        classes = (attributes.get("class") or "").split()
        if "entry" in classes and "id" in attributes:
            self.verdict = next(one for one in classes if one in VERDICTS)
        self.inside = classes == ["id"]
        if tag == "li":
            self.tile = attributes.get("class")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
        if tag == "li":
            self.tile = None

    def handle_data(self, data):
        if self.inside:
            assert data not in self.found, data
            self.found[data] = self.verdict
            self.inside = False
        if self.open[-1:] == ["b"] and self.tile in VERDICTS:
            self.tiles.setdefault(self.tile, int(data))


def of_html(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open, page.open
    told = list(page.found.values())
    assert page.tiles == {verdict: told.count(verdict) for verdict in VERDICTS}, page.tiles
    return page.found


def of_human(text):
    last = " ".join(text.strip().splitlines()[-3:])
    words = {"failed": "fail", "warnings?": "warn", "passed": "pass", "skipped": "skip"}
    words["inconclusive"] = "inconclusive"
    return {verdict: re.search(rf"(\d+) {word}\b", last)[1] for word, verdict in words.items()}


if __name__ == "__main__":
    text = sys.stdin.buffer.read().decode()
    json.dump(globals()[f"of_{sys.argv[1]}"](text), sys.stdout)
