// Draws the league table: header buttons that sort, and one row a region.

import { element } from "./element.js";
import { SORTS } from "./league.js";

/** Columns in order: their key in `SORTS`, the key of their words, and whether they hold figures. */
const COLUMNS = [
  { key: "rank", words: "rank", figures: true },
  { key: "region", words: "region" },
  { key: "province", words: "provinceColumn" },
  { key: "level", words: "level" },
  { key: "active", words: "active", figures: true },
  { key: "live", words: "live", figures: true },
  { key: "transactions", words: "transactions", figures: true },
  { key: "innovations", words: "innovations", figures: true },
  { key: "days", words: "days", figures: true },
];

/** Marks behind figures whose status is not `ok`. */
const STATUS_MARKS = { provisional: "†", incomplete: "‡", stale: "§" };

/** More committed services than this are not drawn one by one. */
const MOST_PIPS = 12;

function ariaSort(column, choice) {
  if (column !== choice.sort) return "none";
  return choice.direction === "desc" ? "descending" : "ascending";
}

/** The direction that a click on a column gives: its own first, then the other. */
export function nextDirection(column, choice) {
  if (column !== choice.sort) return SORTS[column].first;
  return choice.direction === "asc" ? "desc" : "asc";
}

/** The choices of the narrow layout, where there is no header to click: column and direction. */
export function sortChoices(language) {
  return COLUMNS.map(({ key, words }) => ({
    value: `${key}-${SORTS[key].first}`,
    text: language.text(words),
  }));
}

function headerRow(language, choice, onSort) {
  const cells = COLUMNS.map(({ key, words, figures }) =>
    element(
      "th",
      {
        scope: "col",
        role: "columnheader",
        class: figures ? "figure" : null,
        "aria-sort": ariaSort(key, choice),
        dataset: { column: key },
      },
      element(
        "button",
        { type: "button", on: { click: () => onSort(key) } },
        element("span", { text: language.text(words) }),
        element("span", { class: "arrow", "aria-hidden": "true" }),
      ),
    ),
  );
  return element("tr", { role: "row" }, ...cells);
}

function unknownMark(reason) {
  return [
    element("span", { class: "missing", title: reason, "aria-hidden": "true", text: "—" }),
    element("span", { class: "visually-hidden", text: reason }),
  ];
}

function statusMark(language, status) {
  const mark = STATUS_MARKS[status];
  if (!mark) return null;
  const meaning = language.text(status);
  return element("sup", { class: "mark", title: meaning, "aria-label": meaning, role: "img", text: mark });
}

/** A figure, or the mark for a missing one. A missing figure is never shown as zero. */
function figureCell(language, figure, decimals) {
  if (figure.value === null)
    return unknownMark(language.text(figure.status === "withheld" ? "withheld" : "missing"));
  const atLeast = figure.atLeast
    ? element("span", {
        title: language.text("atLeast"),
        "aria-label": language.text("atLeast"),
        role: "img",
        text: "≥ ",
      })
    : null;
  const places = { minimumFractionDigits: decimals };
  return [
    atLeast,
    element("span", { text: language.number(figure.value, decimals, places) }),
    statusMark(language, figure.status),
  ];
}

function pips(part, all) {
  if (!Number.isInteger(part) || !Number.isInteger(all) || all > MOST_PIPS) return null;
  const marks = Array.from({ length: all }, (_, index) =>
    element("i", { class: index < part ? "pip pip-full" : "pip" }),
  );
  return element("span", { class: "pips", "aria-hidden": "true" }, ...marks);
}

function shareCell(language, figure, drawn) {
  if (figure.value === null || figure.numerator === null || figure.denominator === null) {
    return figureCell(language, figure, 1);
  }
  const part = language.number(figure.numerator);
  const all = language.number(figure.denominator);
  const share = language.percent(figure.value);
  return [
    drawn ? pips(figure.numerator, figure.denominator) : null,
    element("span", {
      class: "share",
      title: language.text("ofCommitted", { part, all, share }),
      text: `${part} / ${all}`,
    }),
    statusMark(language, figure.status),
  ];
}

function cellContent(language, row, key) {
  switch (key) {
    case "rank":
      return row.rank === null ? unknownMark(language.text("unranked")) : [language.number(row.rank)];
    case "region":
      return [element("span", { class: "region-name", title: row.code, text: row.name })];
    case "province":
      return [row.province];
    case "level":
      return [language.text(row.level)];
    case "active":
      return shareCell(language, row.active, true);
    case "live":
      return shareCell(language, row.live, false);
    case "transactions":
      return figureCell(language, row.transactions, 1);
    default:
      return figureCell(language, row[key], 0);
  }
}

function bodyRow(language, row) {
  const cells = COLUMNS.map(({ key, words, figures }) => {
    const name = key === "region" ? "th" : "td";
    const raw = SORTS[key].key(row);
    return element(
      name,
      {
        scope: key === "region" ? "row" : null,
        role: key === "region" ? "rowheader" : "cell",
        class: figures ? "figure" : null,
        // The unrounded value, and the label that the narrow layout shows beside it.
        dataset: { column: key, label: language.text(words), value: raw === null ? "" : String(raw) },
      },
      ...cellContent(language, row, key),
    );
  });
  return element("tr", { role: "row", dataset: { region: row.code } }, ...cells);
}

/**
 * Draws the table anew.
 *
 * @param {HTMLTableElement} table the table of the page
 * @param {object[]} rows rows with ranks, in the order to show
 * @param {import("./i18n.js").Language} language
 * @param {object} choice the filters and sorting in force
 * @param {(column: string) => void} onSort called when a header is clicked
 */
export function drawTable(table, rows, language, choice, onSort) {
  const focused = document.activeElement?.closest?.("th")?.dataset.column;
  table.tHead.replaceChildren(headerRow(language, choice, onSort));
  table.tBodies[0].replaceChildren(...rows.map((row) => bodyRow(language, row)));
  if (focused) table.tHead.querySelector(`th[data-column="${focused}"] button`)?.focus();
}

/**
 * Draws the notes under the table: the ranking, the missing mark, and the marks that rows carry.
 *
 * @param {HTMLElement} notes
 * @param {object[]} rows the rows shown
 * @param {import("./i18n.js").Language} language
 */
export function drawNotes(notes, rows, language) {
  const statuses = new Set(
    rows.flatMap((row) =>
      [row.active, row.live, row.transactions, row.innovations, row.days].map((figure) => figure.status),
    ),
  );
  const used = Object.entries(STATUS_MARKS).filter(([status]) => statuses.has(status));
  const marks = [
    ["—", language.text("missingNote")],
    ...used.map(([status, mark]) => [mark, language.text(status)]),
  ];
  notes.replaceChildren(
    element("p", { text: language.text("rankNote") }),
    element(
      "p",
      {},
      ...marks.flatMap(([mark, meaning], index) => [
        index > 0 ? "; " : null,
        element("b", { text: mark }),
        ` ${meaning}`,
      ]),
      ".",
    ),
  );
}
