// Reads one release: small JSON files and Parquet tables, by addresses relative to the page.

import { asyncBufferFromUrl, compressors, parquetReadObjects } from "./hyparquet.js";

/** Files up to this many bytes are fetched whole: one request costs less than several ranges. */
const WHOLE_FILE_BYTES = 4 * 1024 * 1024;

/** The indicators that the league table shows. */
export const LEAGUE_INDICATORS = [
  "services_active_share",
  "services_committed_live_share",
  "transactions_per_1000",
  "innovations_initiative",
  "innovations_trial",
  "innovations_applied",
  "days_since_last_input",
];

/** A file of the release could not be read. `path` is relative to the release directory. */
export class ReleaseFileError extends Error {
  constructor(path, reason) {
    super(`${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

async function fetchFile(path) {
  let response;
  try {
    // Revalidate: `current` may have been switched to another release since the last visit.
    response = await fetch(path, { cache: "no-cache" });
  } catch (error) {
    throw new ReleaseFileError(path, error.message);
  }
  if (!response.ok) throw new ReleaseFileError(path, `HTTP ${response.status}`);
  return response;
}

async function readJson(path) {
  const response = await fetchFile(path);
  try {
    return await response.json();
  } catch (error) {
    throw new ReleaseFileError(path, error.message);
  }
}

/** Wide integers become numbers (counts stay far below 2^53) and dates become ISO text. */
function plainValue(value) {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return value ?? null;
}

function plainRow(row) {
  for (const key of Object.keys(row)) row[key] = plainValue(row[key]);
  return row;
}

async function openFile(path, bytes, wholeFileBytes) {
  if (bytes > wholeFileBytes) {
    return asyncBufferFromUrl({ url: path, byteLength: bytes, requestInit: { cache: "no-cache" } });
  }
  return (await fetchFile(path)).arrayBuffer();
}

/**
 * Reads rows of one Parquet file.
 *
 * @param {string} path relative to the release directory
 * @param {number} bytes size of the file, 0 when unknown: it is then fetched whole
 * @param {object} options what hyparquet takes: `columns`, `filter`
 * @param {number} wholeFileBytes larger files are read by HTTP Range where the server supports it
 * @returns {Promise<object[]>} one plain object a row, null where there is no value
 * @throws {ReleaseFileError}
 */
export async function readTable(path, bytes, options = {}, wholeFileBytes = WHOLE_FILE_BYTES) {
  try {
    const file = await openFile(path, bytes, wholeFileBytes);
    const rows = await parquetReadObjects({ file, compressors, ...options });
    return rows.map(plainRow);
  } catch (error) {
    if (error instanceof ReleaseFileError) throw error;
    throw new ReleaseFileError(path, error.message);
  }
}

/** Frictionless allows one path or several for a resource: one entry for each file. */
function filesOf(description) {
  return (description.resources ?? []).flatMap((resource) =>
    [resource.path ?? []].flat().map((path) => ({
      path,
      title: resource.title ?? resource.name ?? path,
      bytes: typeof resource.bytes === "number" ? resource.bytes : null,
      hash: resource.hash ?? null,
    })),
  );
}

/** The id of the release that a data package describes. */
function releaseId(description) {
  return description.id ?? description.version ?? null;
}

/** A part of the page that can be missing without taking the rest with it. */
async function optional(promise) {
  try {
    return { value: await promise, error: null };
  } catch (error) {
    return { value: null, error };
  }
}

async function readFiles(description) {
  const files = filesOf(description);
  const sizes = new Map(files.map((file) => [file.path, file.bytes ?? 0]));
  const table = (path, options) => readTable(path, sizes.get(path) ?? 0, options);

  const [indicators, metadata, regions, coverage, run] = await Promise.all([
    table("indicators/indicators.parquet", {
      columns: ["indicator_id", "region_code", "period", "value", "numerator", "denominator", "status"],
      filter: { indicator_id: { $in: LEAGUE_INDICATORS } },
      usePageIndex: true,
    }),
    table("indicators/metadata.parquet"),
    table("regions.parquet"),
    optional(table("quality/coverage.parquet")),
    optional(readJson("run.json")),
  ]);
  return {
    id: releaseId(description),
    asOf: description["lumbung:as_of"] ?? null,
    files,
    indicators,
    metadata,
    regions,
    coverage: coverage.value,
    coverageError: coverage.error,
    run: run.value,
  };
}

/**
 * Reads everything that the page shows.
 *
 * A nightly run may switch `current` while the files are on their way. The release is therefore
 * asked for its id again at the end, and read once more if it changed in between.
 *
 * @returns {Promise<object>} release id, as-of date (ISO text), files, and the tables as arrays of rows
 * @throws {ReleaseFileError} when a file that the league table needs cannot be read
 */
export async function readRelease() {
  const before = await readJson("datapackage.json");
  const read = await optional(readFiles(before));
  const after = await readJson("datapackage.json");
  if (releaseId(after) !== releaseId(before)) return readFiles(after);
  if (read.error !== null) throw read.error;
  return read.value;
}
