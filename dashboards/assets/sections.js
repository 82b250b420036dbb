// Draws what stands around the table: the head of the page, coverage, definitions and files.

import { LEAGUE_INDICATORS } from "./data.js";
import { byId, element } from "./element.js";

const LEVELS = ["province", "regency", "city"];
const EARLIER_PERIODS = 12;

/** A directory with more files than this is folded. */
const OPEN_DIRECTORY_FILES = 4;

/** Files that a data package does not list, but every release has. */
const UNLISTED_FILES = ["datapackage.json", "CHECKSUMS", "run.json"];

function groupBy(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const group = key(row);
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(row);
  }
  return groups;
}

function fact(term, value) {
  return element("div", {}, element("dt", { text: term }), element("dd", { text: value }));
}

/**
 * Draws release, as-of date, and the notice about illustrative data.
 *
 * @param {object} release as `readRelease` gives it
 * @param {object[]} rows the rows of the league, for the number of committed regions
 * @param {import("./i18n.js").Language} language
 */
export function drawHead(release, rows, language) {
  const committed = rows.filter((row) => row.committed);
  const provinces = committed.filter((row) => row.level === "province").length;
  const counts = {
    districts: language.number(committed.length - provinces),
    provinces: language.number(provinces),
  };
  byId("facts").replaceChildren(
    fact(language.text("release"), release.id ?? "—"),
    fact(language.text("asOf"), release.asOf === null ? "—" : language.date(release.asOf)),
    fact(language.text("committedRegions"), language.text("committedRegionsValue", counts)),
  );

  const illustrative = release.metadata.filter((row) => row.illustrative).length;
  const shares = { part: language.number(illustrative), all: language.number(release.metadata.length) };
  const notice = byId("illustrative");
  notice.hidden = illustrative === 0;
  notice.textContent = language.text("illustrative", shares);
}

function datasetsOf(indicator) {
  const listed = indicator.datasets ?? [];
  return Array.isArray(listed) ? listed : listed.split(/[,;]\s*/).filter(Boolean);
}

function coverageRow(row, language) {
  const expected = row?.expected ?? 0;
  if (expected === 0) return null;
  const reported = Math.min(row.reported, expected);
  const onTime = Math.min(row.on_time, reported);
  const bar = element(
    "span",
    { class: "bar", "aria-hidden": "true" },
    element("i", { class: "bar-on-time" }),
    element("i", { class: "bar-late" }),
  );
  bar.children[0].style.width = `${(100 * onTime) / expected}%`;
  bar.children[1].style.width = `${(100 * (reported - onTime)) / expected}%`;
  const of = (part) =>
    language.text("expectedOf", { part: language.number(part), all: language.number(expected) });
  return element(
    "tr",
    { dataset: { level: row.level } },
    element("th", { scope: "row", text: language.text(row.level) }),
    element("td", { class: "bar-cell" }, bar),
    element("td", { class: "figure", dataset: { column: "reported" }, text: of(row.reported) }),
    element("td", { class: "figure", dataset: { column: "on_time" }, text: language.number(row.on_time) }),
  );
}

function coverageTable(rows, caption, language) {
  const byLevel = new Map(rows.map((row) => [row.level, row]));
  const lines = LEVELS.map((level) => coverageRow(byLevel.get(level), language)).filter(
    (line) => line !== null,
  );
  if (lines.length === 0) return null;
  return element(
    "table",
    { class: "coverage-table" },
    element("caption", { text: caption }),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element(
          "th",
          { scope: "col" },
          element("span", { class: "visually-hidden", text: language.text("level") }),
        ),
        element("td", {}),
        element("th", { scope: "col", class: "figure", text: language.text("reported") }),
        element("th", { scope: "col", class: "figure", text: language.text("onTime") }),
      ),
    ),
    element("tbody", {}, ...lines),
  );
}

function coverageDataset(dataset, rows, language) {
  const periods = [...groupBy(rows, (row) => row.period)].sort(([left], [right]) => (left < right ? 1 : -1));
  const tables = periods
    .slice(0, 1 + EARLIER_PERIODS)
    .map(([period, periodRows]) => coverageTable(periodRows, language.period(period), language))
    .filter((table) => table !== null);
  if (tables.length === 0) return null;
  const earlier = tables.slice(1);
  return element(
    "article",
    { class: "coverage-dataset", dataset: { dataset } },
    element("h3", { text: language.name("dataset", dataset) }),
    tables[0],
    earlier.length === 0
      ? null
      : element("details", {}, element("summary", { text: language.text("earlier") }), ...earlier),
  );
}

/** Draws how many reports were expected, received, and on time, by dataset and level. */
export function drawCoverage(release, language) {
  const body = byId("coverage-body");
  if (release.coverageError !== null) {
    body.replaceChildren(
      element("p", {
        class: "message message-error",
        role: "alert",
        text: failureText(release.coverageError, language),
      }),
    );
    return;
  }
  const articles = [...groupBy(release.coverage, (row) => row.dataset)]
    .map(([dataset, rows]) => coverageDataset(dataset, rows, language))
    .filter((article) => article !== null);
  const key = element(
    "p",
    { class: "key", "aria-hidden": "true" },
    element("i", { class: "bar-on-time" }),
    `${language.text("onTime")} `,
    element("i", { class: "bar-late" }),
    language.text("late"),
  );
  if (articles.length === 0) body.replaceChildren(element("p", { text: language.text("coverageEmpty") }));
  else body.replaceChildren(key, element("div", { class: "coverage-grid" }, ...articles));
}

function definition(indicator, language) {
  const tags = [
    LEAGUE_INDICATORS.includes(indicator.indicator_id) ? language.text("inTable") : null,
    indicator.illustrative ? language.text("illustrativeTag") : null,
  ].filter((tag) => tag !== null);
  const direction = ["higher", "lower", "neutral"].includes(indicator.better)
    ? language.text(indicator.better)
    : indicator.better;
  const details = [
    ["unit", language.name("unit", indicator.unit)],
    ["better", direction],
    [
      "datasets",
      datasetsOf(indicator)
        .map((dataset) => language.name("dataset", dataset))
        .join(", "),
    ],
    ["source", indicator.source],
    ["owner", indicator.owner],
  ].filter(([, value]) => value);
  return element(
    "article",
    { class: "definition", dataset: { indicator: indicator.indicator_id } },
    element("h4", { text: indicator[`title_${language.code}`] }),
    element(
      "p",
      { class: "identifier" },
      element("code", { text: indicator.indicator_id }),
      ...tags.map((tag) => element("span", { class: "tag", text: tag })),
    ),
    element("p", { text: indicator[`method_${language.code}`] }),
    element(
      "dl",
      {},
      ...details.map(([term, value]) =>
        element("div", {}, element("dt", { text: language.text(term) }), element("dd", { text: value })),
      ),
    ),
  );
}

/** Draws the method of every indicator, those of the table first. */
export function drawDefinitions(release, language) {
  const inTable = (indicator) => LEAGUE_INDICATORS.indexOf(indicator.indicator_id);
  const order = (indicator) => (inTable(indicator) < 0 ? LEAGUE_INDICATORS.length : inTable(indicator));
  const themes = [...groupBy(release.metadata, (row) => row.theme)];
  themes.sort(
    ([left], [right]) => (right === "innovation") - (left === "innovation") || left.localeCompare(right),
  );
  const sections = themes.map(([theme, indicators]) => {
    indicators.sort(
      (left, right) => order(left) - order(right) || left.indicator_id.localeCompare(right.indicator_id),
    );
    const shown = indicators.map((indicator) => definition(indicator, language));
    const summary = element(
      "summary",
      {},
      element("h3", { text: language.name("theme", theme) }),
      element("span", { class: "muted", text: language.number(indicators.length) }),
    );
    return element(
      "details",
      { class: "theme", open: theme === "innovation" },
      summary,
      element("div", { class: "definition-grid" }, ...shown),
    );
  });
  byId("definitions-body").replaceChildren(...sections);
}

function fileRow(file, language) {
  return element(
    "tr",
    {},
    element(
      "td",
      {},
      element("a", {
        href: file.path.split("/").map(encodeURIComponent).join("/"),
        text: file.path,
        title: file.hash,
      }),
    ),
    element("td", { class: "figure", text: file.bytes === null ? "" : language.bytes(file.bytes) }),
  );
}

function fileTable(files, language) {
  return element(
    "table",
    { class: "file-table" },
    element(
      "thead",
      { class: "visually-hidden" },
      element(
        "tr",
        {},
        element("th", { scope: "col", text: language.text("file") }),
        element("th", { scope: "col", text: language.text("size") }),
      ),
    ),
    element("tbody", {}, ...files.map((file) => fileRow(file, language))),
  );
}

/** The DuckDB commands, with the address of this release for those who read it over HTTP. */
function queryHelp(release, language) {
  const question = (file) =>
    `SELECT r.name, i.numerator, i.denominator, i.value\n` +
    `FROM '${file("indicators/indicators.parquet")}' i\n` +
    `JOIN '${file("regions.parquet")}' r USING (region_code)\n` +
    `WHERE i.indicator_id = 'services_active_share'\n` +
    `  AND i.status = 'ok'\n` +
    `ORDER BY i.value DESC LIMIT 20`;
  const base = new URL(".", window.location.href).href;
  return element(
    "div",
    { class: "query" },
    element("h3", { text: language.text("queryHeading") }),
    element("p", { text: language.text("queryLocal") }),
    element("pre", {
      text: `cd "$(readlink -f published/current)"\nduckdb -c "${question((path) => path)}"`,
    }),
    element("p", { text: language.text("queryRemote") }),
    element("pre", { text: `duckdb -c "${question((path) => base + path)}"` }),
  );
}

/** Draws links to all files with their sizes; large directories are folded. */
export function drawFiles(release, language) {
  const listed = new Set(release.files.map((file) => file.path));
  const unlisted = UNLISTED_FILES.filter((path) => !listed.has(path)).map((path) => ({
    path,
    bytes: null,
    hash: null,
  }));
  const directories = groupBy([...release.files, ...unlisted], (file) =>
    file.path.split("/").slice(0, -1).join("/"),
  );
  const open = [];
  const folded = [];
  for (const [directory, files] of directories) {
    if (directory === "" || files.length <= OPEN_DIRECTORY_FILES) {
      open.push(...files);
      continue;
    }
    const size = language.bytes(files.reduce((sum, file) => sum + (file.bytes ?? 0), 0));
    const counts = language.text("directory", { files: language.number(files.length), size });
    const summary = element(
      "summary",
      {},
      element("code", { text: `${directory}/` }),
      element("span", { class: "muted", text: counts }),
    );
    folded.push(element("details", {}, summary, fileTable(files, language)));
  }
  byId("files-body").replaceChildren(
    element("div", { class: "file-list" }, fileTable(open, language), ...folded),
    queryHelp(release, language),
  );
}

/** Draws when and by which run the release was made, where `run.json` says so. */
export function drawMade(release, language) {
  const time = release.run?.eventTime;
  const run = release.run?.run?.runId;
  const known = typeof time === "string" && !Number.isNaN(Date.parse(time)) && run;
  byId("made").textContent = known ? language.text("made", { time: language.moment(time), run }) : "";
}

/** What went wrong, as a sentence. */
export function failureText(error, language) {
  if (!error.path) return language.text("failed", { reason: error.message });
  return `${language.text("fileFailed", { path: error.path, reason: error.reason })} ${language.text("failedHint")}`;
}
