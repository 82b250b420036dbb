// The page: reads the release once, then draws it for the choices that stand in its address.

import { readRelease } from "./data.js";
import { byId, element } from "./element.js";
import { LANGUAGES, Language } from "./i18n.js";
import { LEVEL_GROUPS, SORTS, leagueRows, leagueView } from "./league.js";
import { drawCoverage, drawDefinitions, drawFiles, drawHead, drawMade, failureText } from "./sections.js";
import { drawNotes, drawTable, nextDirection, sortChoices } from "./table.js";

const DEFAULTS = {
  lang: "id",
  level: "districts",
  committed: true,
  query: "",
  sort: "rank",
  direction: "asc",
};
const SECTIONS = ["league", "coverage", "definitions", "files"];
const languages = Object.fromEntries(LANGUAGES.map((code) => [code, new Language(code)]));

let choice = { ...DEFAULTS };
let release = null;
let rows = [];

/** Reads the choices from the address; what is unknown there is left at its default. */
function choiceFromAddress() {
  const given = new URLSearchParams(window.location.hash.slice(1));
  const [sort, direction] = (given.get("sort") ?? "").split("-");
  const sorted = sort in SORTS && ["asc", "desc"].includes(direction);
  return {
    lang: LANGUAGES.includes(given.get("lang")) ? given.get("lang") : DEFAULTS.lang,
    level: given.get("level") in LEVEL_GROUPS ? given.get("level") : DEFAULTS.level,
    committed: given.get("committed") !== "0",
    query: given.get("q") ?? DEFAULTS.query,
    sort: sorted ? sort : DEFAULTS.sort,
    direction: sorted ? direction : DEFAULTS.direction,
  };
}

/** Writes the choices that differ from the defaults into the address, without a step in the history. */
function rememberChoice() {
  const given = new URLSearchParams();
  if (choice.lang !== DEFAULTS.lang) given.set("lang", choice.lang);
  if (choice.level !== DEFAULTS.level) given.set("level", choice.level);
  if (!choice.committed) given.set("committed", "0");
  if (choice.query !== DEFAULTS.query) given.set("q", choice.query);
  if (choice.sort !== DEFAULTS.sort || choice.direction !== DEFAULTS.direction) {
    given.set("sort", `${choice.sort}-${choice.direction}`);
  }
  const hash = given.toString();
  const address = window.location.pathname + window.location.search + (hash ? `#${hash}` : "");
  window.history.replaceState(null, "", address);
}

function drawOptions(select, options, value) {
  select.replaceChildren(
    ...options.map((option) => element("option", { value: option.value, text: option.text })),
  );
  select.value = value;
}

/** Puts the page's fixed words and controls into the chosen language. */
function drawWords(language) {
  document.documentElement.lang = language.code;
  document.title = language.text("title");
  for (const node of document.querySelectorAll("[data-text]"))
    node.textContent = language.text(node.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language.code));
  }
  byId("search").placeholder = language.text("searchHint");
  const levels = Object.keys(LEVEL_GROUPS).map((value) => ({ value, text: language.text(value) }));
  drawOptions(byId("level"), levels, choice.level);
  const contents = byId("contents");
  contents.setAttribute("aria-label", language.text("contents"));
  contents.replaceChildren(
    ...SECTIONS.map((section) =>
      element("a", { href: `#${section}`, text: language.text(`${section}Heading`) }),
    ),
  );
}

/** The narrow layout's sorting: the usual directions, and the present one where it is another. */
function drawSortChoices(language) {
  const options = sortChoices(language);
  const current = `${choice.sort}-${choice.direction}`;
  if (!options.some((option) => option.value === current)) {
    const column = options.find((option) => option.value.startsWith(`${choice.sort}-`));
    const direction = language.text(choice.direction === "asc" ? "ascending" : "descending");
    options.unshift({ value: current, text: `${column.text}, ${direction}` });
  }
  drawOptions(byId("sort"), options, current);
}

function drawLeague() {
  const language = languages[choice.lang];
  const view = leagueView(rows, choice);
  drawTable(byId("league-table"), view.shown, language, choice, (column) =>
    change({ sort: column, direction: nextDirection(column, choice) }),
  );
  const counts = { shown: language.number(view.shown.length), all: language.number(view.all) };
  byId("count").textContent =
    view.shown.length === 0 ? language.text("none") : language.text("count", counts);
  drawSortChoices(language);
  drawNotes(byId("league-notes"), view.shown, language);
}

function drawAll() {
  const language = languages[choice.lang];
  drawWords(language);
  if (release === null) return;
  byId("search").value = choice.query;
  byId("committed").checked = choice.committed;
  drawHead(release, rows, language);
  drawCoverage(release, language);
  drawDefinitions(release, language);
  drawFiles(release, language);
  drawMade(release, language);
  drawLeague();
}

/** Takes over changed choices, remembers them and draws what depends on them. */
function change(changed) {
  const languageChanges = changed.lang !== undefined && changed.lang !== choice.lang;
  choice = { ...choice, ...changed };
  rememberChoice();
  if (languageChanges) drawAll();
  else if (release !== null) drawLeague();
}

/** Scrolls to a section. The address holds the choices, so links to sections must not replace it. */
function goToSection(id) {
  const section = byId(id);
  section.setAttribute("tabindex", "-1");
  section.focus({ preventScroll: true });
  section.scrollIntoView();
}

function listen() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => change({ lang: button.dataset.language }));
  }
  byId("search").addEventListener("input", (event) => change({ query: event.target.value }));
  byId("level").addEventListener("change", (event) => change({ level: event.target.value }));
  byId("committed").addEventListener("change", (event) => change({ committed: event.target.checked }));
  byId("sort").addEventListener("change", (event) => {
    const [sort, direction] = event.target.value.split("-");
    change({ sort, direction });
  });
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.('a[href^="#"]')?.getAttribute("href").slice(1);
    if (!SECTIONS.includes(id)) return;
    event.preventDefault();
    goToSection(id);
  });
  window.addEventListener("hashchange", () => {
    choice = choiceFromAddress();
    drawAll();
  });
}

/** Says in both languages what cannot be read, the chosen one first. */
function showFailure(error) {
  const order = [choice.lang, ...LANGUAGES.filter((code) => code !== choice.lang)];
  const message = byId("message");
  message.className = "message message-error";
  message.setAttribute("role", "alert");
  message.replaceChildren(
    ...order.map((code) => element("p", { lang: code, text: failureText(error, languages[code]) })),
  );
  document.documentElement.dataset.state = "error";
}

async function start() {
  const section = window.location.hash.slice(1);
  choice = choiceFromAddress();
  listen();
  drawAll();
  try {
    release = await readRelease();
    rows = leagueRows(release);
    drawAll();
  } catch (error) {
    showFailure(error);
    return;
  }
  byId("message").hidden = true;
  byId("content").hidden = false;
  document.documentElement.dataset.state = "ready";
  if (SECTIONS.includes(section)) goToSection(section);
}

start();
