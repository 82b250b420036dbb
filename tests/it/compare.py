"""Compares what `lumbung cells` reads in spreadsheets with what readers of others read, cell by cell.

Usage: compare.py LUMBUNG FOLDER FILE...    (files relative to FOLDER; prints one JSON document, by file)

Readers: openpyxl (XLSX; where it fails, the XML itself), xlrd (XLS), pyxlsb (XLSB), odfpy (ODS), csv. Normal form of a cell: a text as written; a number
to 15 digits, a percentage and a number shown with zeros as the number; a day without its time; an error by its name.
"""

import csv
import datetime
import io
import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

MOST_TOLD = 20
# What another reader may take; some files are there to have a reader take all there is.
OTHER_SECONDS = 20
OTHER_BYTES = 1 << 30
ROWS, COLUMNS = 1_048_576, 16_384
XLSB_ERRORS = {
    "0x0": "#NULL!", "0x7": "#DIV/0!", "0xf": "#VALUE!", "0x17": "#REF!", "0x1d": "#NAME?", "0x24": "#NUM!", "0x2a": "#N/A",
}


class Sheet:
    """Cells by (row, column), from 1, and ranges that are merged over several rows."""

    def __init__(self):
        self.cells = {}
        self.merged = []

    def put(self, row, column, cell):
        if cell is not None and cell != ("text", ""):
            self.cells[row, column] = cell

    def meant(self, row, column):
        """The cell, or the one that it is merged with."""
        if (row, column) in self.cells:
            return self.cells[row, column]
        for first_row, first_column, last_row in self.merged:
            if column == first_column and first_row < row <= last_row:
                return self.cells.get((first_row, column))
        return None


def number(value):
    return ("number", float(value))


def day(value):
    """A day; a time of no day is a part of one, and a duration a number of days."""
    if isinstance(value, datetime.datetime):
        return ("day", value.date().isoformat())
    if isinstance(value, datetime.date):
        return ("day", value.isoformat())
    if isinstance(value, datetime.time):
        value = datetime.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    return ("time", value / datetime.timedelta(days=1))


def own(value):
    """A cell as `lumbung cells` tells it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return ("text", value)
    kind, *rest = value
    match kind:
        case "percent" | "shown":
            return number(rest[0])
        case "spread":
            try:
                return number(rest[0])
            except ValueError:
                return ("text", rest[0])
        case "date":
            return ("day", rest[0])
        case "error":
            return ("error", rest[0])
    return (kind, "")


def read_own(lumbung, path):
    """What the program reads: sheets by name, or the code of the finding that refuses the file; seconds and megabytes."""
    begun = time.monotonic()
    with subprocess.Popen([lumbung, "cells", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        output = child.stdout.read()
        errors = child.stderr.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begun
    assert child.returncode == 0 and "panicked" not in errors, (path, child.returncode, errors)
    sheets, refused, names = {}, None, []
    for line in output.decode().splitlines():
        line = json.loads(line)
        if "end" in line:
            continue
        if "refused" in line:
            sheets, refused = {}, line["refused"]
        elif "sheets" in line:
            names = [sheet["name"] for sheet in line["sheets"]]
            sheets = {name: Sheet() for name in names}
        else:
            row = line["row"]
            for column, cell in enumerate(row["cells"], 1):
                sheets[names[row["sheet"]]].put(row["row"], column, own(cell))
    return sheets, refused, seconds, usage.ru_maxrss / 1024


def read_xlsx(path):
    import openpyxl

    sheets = {}
    data = path.read_bytes()
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in values.worksheets:
        found = sheets[sheet.title] = Sheet()
        for (row, column), cell in sheet._cells.items():
            value = cell.value
            if value is None:
                formula = formulas[sheet.title]._cells.get((row, column))
                if formula is not None and formula.data_type == "f":
                    found.put(row, column, ("uncalculated", ""))
            elif isinstance(value, bool):
                found.put(row, column, ("bool", value))
            elif isinstance(value, (int, float)):
                found.put(row, column, number(value))
            elif cell.data_type == "e":
                found.put(row, column, ("error", value))
            elif isinstance(value, str):
                found.put(row, column, ("text", value))
            else:
                found.put(row, column, day(value))
        found.merged = [(area.min_row, area.min_col, area.max_row) for area in sheet.merged_cells.ranges]
    return sheets


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def parts_of(archive, name):
    """Elements of a part of an archive, in whatever case its name is written; none where it is not there."""
    from xml.etree import ElementTree

    named = {entry.lower().replace("\\", "/").lstrip("/"): entry for entry in archive.namelist()}
    found = named.get(name.lower().lstrip("/"))
    return ElementTree.fromstring(archive.read(found)) if found else []


def shown_as_days(styles):
    """Whether each style shows days."""
    codes = {}
    days = []
    for element in styles.iter() if len(styles) else []:
        if local(element) == "numFmt":
            plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", element.get("formatCode"))
            codes[element.get("numFmtId")] = bool(re.search("[dmyhs]", plain, re.IGNORECASE))
        if local(element) == "cellXfs":
            for style in element:
                id = style.get("numFmtId", "0")
                days.append(codes.get(id, 14 <= int(id) <= 22 or 45 <= int(id) <= 47))
    return days


def text_in(element):
    """A text without its phonetic form. Blanks around it count only where the XML says so."""
    phonetic = {id(text) for run in element.iter() if local(run) == "rPh" for text in run.iter()}
    texts = [text for text in element.iter() if local(text) == "t" and id(text) not in phonetic and text.text]
    keeps = "{http://www.w3.org/XML/1998/namespace}space"
    return "".join(text.text if text.get(keeps) == "preserve" else text.text.strip() for text in texts)


def read_xlsx_parts(path):
    """XLSX by its XML alone, for workbooks that openpyxl does not open."""
    import zipfile

    archive = zipfile.ZipFile(path)
    targets = [link.get("Target") for link in parts_of(archive, "_rels/.rels") if link.get("Type").endswith("/officeDocument")]
    folder, _, file = (targets[0] if targets else "xl/workbook.xml").lstrip("/").rpartition("/")
    whole = lambda name: name if name.startswith("/") else f"{folder}/{name}"
    texts = [text_in(item) for item in parts_of(archive, whole("sharedStrings.xml"))]
    days = shown_as_days(parts_of(archive, whole("styles.xml")))
    book = parts_of(archive, whole(file))
    relations = {link.get("Id"): link.get("Target") for link in parts_of(archive, whole(f"_rels/{file}.rels"))}
    first = datetime.datetime(1899, 12, 30)
    for element in book.iter():
        if local(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
            first = datetime.datetime(1904, 1, 1)
    sheets = {}
    for element in book.iter():
        if local(element) != "sheet":
            continue
        target = relations[next(value for key, value in element.items() if key.endswith("}id"))]
        found = sheets[element.get("name")] = Sheet()
        row = column = 0
        for node in parts_of(archive, whole(target)).iter():
            if local(node) == "row":
                row, column = int(node.get("r", row + 1)), 0
            if local(node) != "c":
                continue
            column += 1
            if node.get("r"):
                at = re.fullmatch(r"([A-Z]+)(\d+)", node.get("r"))
                column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(at[1])))
            value = next((child.text for child in node if local(child) == "v"), None)
            style = int(node.get("s") or 0)
            match node.get("t", "n"):
                case "inlineStr":
                    cell = ("text", text_in(node))
                case _ if value is None:
                    cell = None
                case "s":
                    cell = ("text", texts[int(value)])
                case "b":
                    cell = ("bool", value == "1")
                case "e":
                    cell = ("error", value)
                case "n" if style < len(days) and days[style]:
                    cell = day(first + datetime.timedelta(days=float(value)))
                case "n":
                    cell = number(value)
                case _:
                    cell = ("text", value)
            found.put(row, column, cell)
    return sheets


def read_xls(path):
    import xlrd

    quiet = open(os.devnull, "w")
    try:
        book = xlrd.open_workbook(path, formatting_info=True, logfile=quiet)
    except Exception:
        book = xlrd.open_workbook(path, logfile=quiet)
    sheets = {}
    for sheet in book.sheets():
        found = sheets[sheet.name] = Sheet()
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                cell = sheet.cell(row, column)
                match cell.ctype:
                    case xlrd.XL_CELL_TEXT:
                        value = ("text", cell.value)
                    case xlrd.XL_CELL_NUMBER:
                        value = number(cell.value)
                    case xlrd.XL_CELL_DATE if cell.value < 1:
                        value = ("time", cell.value)
                    case xlrd.XL_CELL_DATE:
                        value = day(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode))
                    case xlrd.XL_CELL_BOOLEAN:
                        value = ("bool", bool(cell.value))
                    case xlrd.XL_CELL_ERROR:
                        value = ("error", xlrd.error_text_from_code[cell.value])
                    case _:
                        value = None
                found.put(row + 1, column + 1, value)
        found.merged = [(first + 1, column + 1, end) for first, end, column, _ in sheet.merged_cells]
    return sheets


def read_xlsb(path):
    import pyxlsb

    sheets = {}
    with pyxlsb.open_workbook(str(path)) as book:
        for name in book.sheets:
            with book.get_sheet(name) as sheet:
                found = sheets[name] = Sheet()
                for row in sheet.rows(sparse=True):
                    for cell in row:
                        value = cell.v
                        if isinstance(value, bool):
                            value = ("bool", value)
                        elif isinstance(value, (int, float)):
                            value = number(value)
                        elif value in XLSB_ERRORS:
                            value = ("error", XLSB_ERRORS[value])
                        elif value is not None:
                            value = ("text", value)
                        found.put(cell.r + 1, cell.c + 1, value)
    return sheets


def text_of(node):
    """The text of a paragraph, with its blanks, tabs and line breaks."""
    if node.nodeType == node.TEXT_NODE:
        return node.data
    match node.qname[1]:
        case "s":
            return " " * int(node.getAttribute("c") or 1)
        case "tab":
            return "\t"
        case "line-break":
            return "\n"
        case "annotation":
            return ""
    return "".join(text_of(child) for child in node.childNodes)


def ods_cell(cell):
    paragraphs = [child for child in cell.childNodes if child.nodeType == 1 and child.qname[1] == "p"]
    text = "\n".join(text_of(child) for child in paragraphs)
    calc = cell.attributes.get(("urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0", "value-type"))
    match cell.getAttribute("valuetype"):
        case _ if calc == "error":
            return ("error", text)
        case "float" | "percentage" | "currency":
            return number(cell.getAttribute("value"))
        case "boolean":
            return ("bool", cell.getAttribute("booleanvalue").lower() == "true")
        case "date":
            return ("day", cell.getAttribute("datevalue")[:10])
        case "time":
            return ("text", cell.getAttribute("timevalue"))
        case "string":
            return ("text", cell.getAttribute("stringvalue") or text)
    if cell.getAttribute("formula") and not text:
        return ("uncalculated", "")
    return None


def read_ods(path):
    from odf import opendocument, table

    sheets = {}
    for sheet in opendocument.load(str(path)).spreadsheet.getElementsByType(table.Table):
        found = sheets[sheet.getAttribute("name")] = Sheet()
        row = 1
        for element in sheet.getElementsByType(table.TableRow):
            rows = int(element.getAttribute("numberrowsrepeated") or 1)
            column = 1
            for cell in element.childNodes:
                columns = int(cell.getAttribute("numbercolumnsrepeated") or 1)
                spanned = int(cell.getAttribute("numberrowsspanned") or 1) if cell.qname[1] == "table-cell" else 1
                if spanned > 1:
                    found.merged.append((row, column, row + spanned - 1))
                value = ods_cell(cell)
                if value is not None and value != ("text", ""):
                    for at_row in range(row, min(row + rows, ROWS + 1)):
                        for at_column in range(column, min(column + columns, COLUMNS + 1)):
                            found.put(at_row, at_column, value)
                column += columns
            row += rows
    return sheets


def read_csv(path, delimiter, encoding):
    csv.field_size_limit(1 << 30)
    found = Sheet()
    text = path.read_bytes().decode(encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    for record in reader:
        for column, cell in enumerate(record, 1):
            found.put(line, column, ("text", cell))
        line = reader.line_num + 1
    return {"": found}


def read_other(path, dialect):
    """The sheets as a reader of others sees them. Its bytes say what a file is, not its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        head = path.read_bytes()[:4]
        if head == b"\xd0\xcf\x11\xe0" or path.suffix == ".xls" and head[:2] != b"PK":
            return read_xls(path)
        if head[:2] != b"PK":
            return read_csv(path, **dialect)
        import zipfile

        names = {name.lower() for name in zipfile.ZipFile(path).namelist()}
        if "content.xml" in names:
            return read_ods(path)
        if "xl/workbook.bin" in names:
            return read_xlsb(path)
        try:
            sheets = read_xlsx(path)
            # openpyxl passes over sheets of the strict form of the standard.
            return sheets if any(sheet.cells for sheet in sheets.values()) else read_xlsx_parts(path)
        except (KeyError, TypeError, IndexError):
            return read_xlsx_parts(path)


def is_same(one, other):
    if one == other:
        return True
    if one is None or other is None:
        return False
    (kind, value), (other_kind, other_value) = one, other
    if kind == other_kind == "number" or "time" in (kind, other_kind) and isinstance(value, float) and isinstance(other_value, float):
        tolerance = 1e-15 if kind == other_kind else 1e-6
        return abs(value - other_value) <= tolerance * max(abs(value), abs(other_value), 1e-300) * (10 if kind == other_kind else 1) or (
            "time" in (kind, other_kind) and abs(value - other_value) < 1e-8
        )
    if kind == other_kind == "text":
        return value.replace("\r\n", "\n").replace("\r", "\n") == other_value.replace("\r\n", "\n").replace("\r", "\n")
    # pyxlsb knows no formats: a day is its number there.
    if kind == "day" and other_kind == "number":
        first = datetime.date(1899, 12, 30)
        days = (datetime.date.fromisoformat(value) - first).days
        return int(other_value) in (days, days - 1462)
    return False


def show(cell):
    return "nothing" if cell is None else f"{cell[0]} {cell[1]!r:.60}"


def letters(column):
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def differences(sheets, others):
    """Number of cells compared, and those that differ."""
    count, told = 0, []
    for name in sorted(set(sheets) | set(others)):
        one, other = sheets.get(name, Sheet()), others.get(name, Sheet())
        for at in sorted(set(one.cells) | set(other.cells)):
            count += 1
            cell = one.cells.get(at)
            expected = other.cells.get(at)
            if not is_same(cell, expected) and not (expected is None and is_same(cell, other.meant(*at))):
                told.append(f"{name}!{letters(at[1])}{at[0]}: {show(cell)}, not {show(expected)}")
    return count, told


def limited(read, *arguments):
    """Reads within limits; this process is of no further use."""

    def stop(*_):
        raise TimeoutError(f"more than {OTHER_SECONDS} s")

    resource.setrlimit(resource.RLIMIT_AS, (OTHER_BYTES, OTHER_BYTES))
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(OTHER_SECONDS)
    found = read(*arguments)
    signal.alarm(0)
    return found


def compare(lumbung, folder, name, dialect):
    path = folder / name
    sheets, refused, seconds, megabytes = read_own(lumbung, path)
    result = {"seconds": round(seconds, 2), "megabytes": round(megabytes), "refused": refused}
    try:
        others = limited(read_other, path, dialect)
    except Exception as error:
        return result | {"unreadable": f"{type(error).__name__}: {error}"[:120]}
    if refused:
        cells = sum(len(sheet.cells) for sheet in others.values())
        return result | {"cells": cells}
    count, told = differences(sheets, others)
    return result | {"cells": count, "different": len(told), "differences": told[:MOST_TOLD]}


def main():
    lumbung, folder, *names = sys.argv[1:]
    folder = Path(folder)
    dialects = {}
    for line in (Path(__file__).parent / "dialects.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, delimiter, encoding = line.split()
            dialects[name] = {"delimiter": delimiter.replace("tab", "\t"), "encoding": encoding}
    plain = {"delimiter": ",", "encoding": "utf-8-sig"}
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        cases = [(lumbung, folder, name, dialects.get(name, plain)) for name in names]
        results = pool.starmap(compare, cases, chunksize=1)
    print(json.dumps(dict(zip(names, results)), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
