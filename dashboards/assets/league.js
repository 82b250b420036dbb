// The league: one row a region, with its rank among the regions it may be compared with.

import { LEAGUE_INDICATORS } from "./data.js";

/** Choices of the level filter and the levels each admits. Provinces are never among the others. */
export const LEVEL_GROUPS = {
  districts: ["regency", "city"],
  regency: ["regency"],
  city: ["city"],
  province: ["province"],
};

const STAGES = ["innovations_initiative", "innovations_trial", "innovations_applied"];
const UNKNOWN = { value: null, numerator: null, denominator: null, status: "missing" };

/** The figures of the latest period of each indicator, by indicator and region. */
function latestFigures(rows) {
  const latest = new Map();
  for (const row of rows) {
    const known = latest.get(row.indicator_id);
    if (known === undefined || row.period > known) latest.set(row.indicator_id, row.period);
  }
  const figures = new Map(LEAGUE_INDICATORS.map((id) => [id, new Map()]));
  for (const row of rows) {
    if (row.period === latest.get(row.indicator_id)) figures.get(row.indicator_id).set(row.region_code, row);
  }
  return figures;
}

/** The sum over the stages that are known; `atLeast` when another stage has no figure. */
function innovationsOf(figures, regionCode) {
  const stages = STAGES.map((id) => figures.get(id).get(regionCode) ?? UNKNOWN);
  const known = stages.filter((stage) => stage.value !== null);
  if (known.length === 0) return stages[0];
  const value = known.reduce((sum, stage) => sum + stage.value, 0);
  const remarked = known.find((stage) => stage.status !== "ok");
  return { value, status: remarked?.status ?? "ok", atLeast: known.length < stages.length };
}

/** Regions that govern themselves and exist on the as-of date. */
function isMeasured(region, asOf) {
  if (region.autonomous === false) return false;
  if (asOf === null) return region.valid_to === null;
  return (
    (region.valid_to === null || region.valid_to >= asOf) &&
    (region.valid_from === null || region.valid_from <= asOf)
  );
}

/**
 * Builds the rows of the league from a release.
 *
 * @param {object} release as `readRelease` gives it
 * @returns {object[]} one row a measured region, without rank
 */
export function leagueRows(release) {
  const figures = latestFigures(release.indicators);
  return release.regions
    .filter((region) => isMeasured(region, release.asOf))
    .map((region) => {
      const figure = (id) => figures.get(id).get(region.region_code) ?? UNKNOWN;
      const active = figure("services_active_share");
      const live = figure("services_committed_live_share");
      return {
        code: region.region_code,
        name: region.name,
        level: region.level,
        province: region.province_name,
        searchable: `${region.region_code} ${region.name} ${region.province_name}`.toLowerCase(),
        committed: (active.denominator ?? live.denominator ?? 0) > 0,
        active,
        live,
        transactions: figure("transactions_per_1000"),
        innovations: innovationsOf(figures, region.region_code),
        days: figure("days_since_last_input"),
      };
    });
}

/** What each column sorts by, and the direction that its first click gives. */
export const SORTS = {
  rank: { key: (row) => row.rank, first: "asc" },
  region: { key: (row) => row.name, first: "asc" },
  province: { key: (row) => row.province, first: "asc" },
  level: { key: (row) => row.level, first: "asc" },
  active: { key: (row) => row.active.value, first: "desc" },
  live: { key: (row) => row.live.value, first: "desc" },
  transactions: { key: (row) => row.transactions.value, first: "desc" },
  innovations: { key: (row) => row.innovations.value, first: "desc" },
  days: { key: (row) => row.days.value, first: "asc" },
};

/** Compares two keys; the caller has dealt with missing ones. */
function compareKeys(left, right) {
  return typeof left === "string" ? left.localeCompare(right, "id") : left - right;
}

/** Sorts by a column. Missing values stay at the end in both directions; ties go by name. */
function sortRows(rows, column, direction) {
  const { key } = SORTS[column];
  const sign = direction === "desc" ? -1 : 1;
  return rows.sort((left, right) => {
    const leftKey = key(left);
    const rightKey = key(right);
    if (leftKey === null || rightKey === null) {
      if (leftKey !== rightKey) return leftKey === null ? 1 : -1;
    } else {
      const order = sign * compareKeys(leftKey, rightKey);
      if (order !== 0) return order;
    }
    return compareKeys(left.name, right.name) || compareKeys(left.code, right.code);
  });
}

/** Gives each row its rank by active share, highest first; equal shares share a rank. */
function ranked(rows) {
  const shares = rows.map((row) => row.active.value).filter((value) => value !== null);
  shares.sort((left, right) => right - left);
  const ranks = new Map();
  shares.forEach((share, index) => {
    if (!ranks.has(share)) ranks.set(share, index + 1);
  });
  return rows.map((row) => ({ ...row, rank: ranks.get(row.active.value) ?? null }));
}

/**
 * The rows to show for a choice of filters.
 *
 * Ranks are among all regions of the level group, so that a search does not change them.
 *
 * @param {object[]} rows as `leagueRows` gives them
 * @param {{level: string, committed: boolean, query: string, sort: string, direction: string}} choice
 * @returns {{shown: object[], all: number}} rows in order, and how many there are without the search
 */
export function leagueView(rows, choice) {
  const levels = LEVEL_GROUPS[choice.level];
  const group = ranked(rows.filter((row) => levels.includes(row.level)));
  const candidates = group.filter((row) => !choice.committed || row.committed);
  const words = choice.query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = candidates.filter((row) => words.every((word) => row.searchable.includes(word)));
  return { shown: sortRows(shown, choice.sort, choice.direction), all: candidates.length };
}
