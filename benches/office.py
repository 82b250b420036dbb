"""Inputs that only Python writes: XLS and ODS tables, and many small files in the shapes of `samples/officers`.

Usage: office.py table ARRAY.json TARGET.xls|TARGET.ods ROWS
       office.py messy FOLDER FILES
"""

import io
import json
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

OFFICERS = Path(__file__).resolve().parent.parent / "samples" / "officers"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
HEADERS = ["Kode Wilayah", "Tanggal", "Komoditas", "Satuan", "Harga", "Pasar"]
# What a sheet of a pattern is made of: name, rows of values, merged ranges (first row and column, last ones, from 0).
Sheet = tuple[str, list[list], list[tuple[int, int, int, int]]]


def save_xls(target: Path, sheets: list[Sheet], copy: int = 0) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    book.owner = f"Dinas {copy}"
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    plain = xlwt.Style.default_style
    for name, rows, merged in sheets:
        sheet = book.add_sheet(name)
        inside = {
            (row, column)
            for top, left, bottom, right in merged
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                if value is not None and (down, right) not in inside:
                    sheet.write(down, right, value, day if isinstance(value, date) else plain)
        for top, left, bottom, right in merged:
            sheet.write_merge(top, bottom, left, right, rows[top][left])
    book.save(str(target))


def ods_cell(value, spans: str) -> str:
    if value is None:
        return f"<table:table-cell{spans}/>"
    if isinstance(value, bool):
        kind, shown = f'boolean" office:boolean-value="{str(value).lower()}', str(value).upper()
    elif isinstance(value, (int, float)):
        kind, shown = f'float" office:value="{value}', str(value)
    elif isinstance(value, date):
        kind, shown = f'date" office:date-value="{value.isoformat()[:10]}', value.strftime("%d/%m/%Y")
    else:
        kind, shown = "string", escape(str(value))
    return f'<table:table-cell{spans} office:value-type="{kind}"><text:p>{shown}</text:p></table:table-cell>'


def ods_row(number: int, row: list, merged: list) -> str:
    cells = []
    for column, value in enumerate(row):
        spans = ""
        covered = False
        for top, left, bottom, right in merged:
            if (number, column) == (top, left):
                spans = (
                    f' table:number-columns-spanned="{right - left + 1}" table:number-rows-spanned="{bottom - top + 1}"'
                )
            elif top <= number <= bottom and left <= column <= right:
                covered = True
        cells.append("<table:covered-table-cell/>" if covered else ods_cell(value, spans))
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def save_ods(target: Path, sheets: list[Sheet], copy: int = 0) -> None:
    names = {"office": "office", "table": "table", "text": "text"}
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for key, name in names.items())
    content = io.StringIO()
    content.write(f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>')
    content.write("<office:body><office:spreadsheet>")
    for name, rows, merged in sheets:
        content.write(f'<table:table table:name="{escape(name)}">')
        for number, row in enumerate(rows):
            content.write(ods_row(number, row, merged))
        content.write("</table:table>")
    content.write("</office:spreadsheet></office:body></office:document-content>")
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", OPEN_DOCUMENT), ("content.xml", "text/xml"))
    )
    manifest = f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {space}>{entries}</manifest:manifest>'
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = f"Dinas {copy}".encode()
        archive.writestr(zipfile.ZipInfo("mimetype"), OPEN_DOCUMENT)
        for name, text in (("content.xml", content.getvalue()), ("META-INF/manifest.xml", manifest)):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)


def table(source: Path, target: Path, rows: int) -> None:
    """Price records of a JSON array as one sheet."""
    records = json.loads(source.read_text(encoding="utf-8"))[:rows]
    fields = [header.lower().replace(" ", "_") for header in HEADERS]
    body = [[record[field] for field in fields] for record in records]
    for row in body:
        row[1] = date.fromisoformat(row[1])
    save = {".xls": save_xls, ".ods": save_ods}[target.suffix]
    save(target, [("Data", [HEADERS, *body], [])])


def workbook(path: Path) -> list[Sheet] | None:
    """The sheets of a pattern; none where another format cannot hold the same."""
    import openpyxl

    formulas = openpyxl.load_workbook(path)
    book = openpyxl.load_workbook(path, data_only=True)
    sheets = []
    for sheet in book.worksheets:
        hidden = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        if sheet.sheet_state != "visible" or any(one.hidden for one in hidden) or sheet.max_row > 200:
            return None
        if any(not is_plain(cell) for row in formulas[sheet.title].iter_rows() for cell in row):
            return None
        rows = [[plain(value) for value in row] for row in sheet.iter_rows(1, values_only=True)]
        merged = [(it.min_row - 1, it.min_col - 1, it.max_row - 1, it.max_col - 1) for it in sheet.merged_cells.ranges]
        # What the reader is told of cells merged over rows in XLSX, it is not told in XLS and ODS.
        if any(bottom > top for top, _, bottom, _ in merged):
            return None
        sheets.append((sheet.title, rows, merged))
    return sheets if book.epoch.year == 1899 else None


def is_plain(cell) -> bool:
    """Whether a cell shows its value as it is: no formula, and a format that the copies have too."""
    if cell.value is None:
        return True
    if cell.data_type in "fe":
        return False
    shown = cell.number_format.lower()
    return all(part in shown for part in "dmy") if cell.is_date else shown in ("general", "@", "0", "#,##0")


def plain(value):
    return value.date() if isinstance(value, datetime) else value


def patterns() -> list[dict]:
    """The samples that are accepted as they are, each with what must become of it."""
    expected = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(OFFICERS.glob("*.expected.json"))]
    copied = (".csv", ".xlsx")
    return [
        one
        for one in expected
        if one["status"] == "accepted" and "open" not in one and one["file"].endswith(copied)
    ]


def write_copy(pattern: dict, copy: int, folder: Path) -> Path:
    """One file in the shape of a pattern: its values in another format in turn, and bytes that no other copy has."""
    source = OFFICERS / pattern["file"]
    sheets = pattern["sheets"]
    kind = ("xlsx", "xls", "ods")[copy % 3] if sheets else source.suffix[1:]
    target = folder / f"{source.stem}-{copy}.{kind}"
    if kind in ("xls", "ods"):
        {"xls": save_xls, "ods": save_ods}[kind](target, sheets, copy)
    elif kind == "csv":
        text = source.read_bytes()
        blank_line = "\r\n".encode("utf-16-le" if text.startswith(b"\xff\xfe") else "ascii")
        target.write_bytes(text + blank_line * copy)
    else:
        target.write_bytes(source.read_bytes())
        with zipfile.ZipFile(target, "a") as archive:
            archive.comment = f"Dinas {copy}".encode()
    return target


def messy(folder: Path, files: int) -> None:
    folder.mkdir(parents=True)
    known = patterns()
    for pattern in known:
        is_workbook = pattern["file"].endswith(".xlsx")
        pattern["sheets"] = workbook(OFFICERS / pattern["file"]) if is_workbook else None
    made = []
    for number in range(files):
        pattern = known[number % len(known)]
        file = write_copy(pattern, number // len(known), folder)
        told = {key: pattern[key] for key in ("connector", "region", "accepted")}
        made.append({"file": file.name, **told})
    (folder / "manifest.json").write_text(json.dumps(made, indent=1), encoding="utf-8")


def main() -> None:
    what, *arguments = sys.argv[1:]
    if what == "table":
        table(Path(arguments[0]), Path(arguments[1]), int(arguments[2]))
    else:
        messy(Path(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main()
