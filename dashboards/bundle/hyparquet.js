// What the page takes from hyparquet: reading Parquet over HTTP, and the codecs that a release
// uses. zstd is the only one Lumbung writes; Snappy is built into hyparquet. Naming the codecs here
// keeps Brotli's dictionary and a WebAssembly module out of the page.
import { decompressZstd } from "hyparquet-compressors";

export { asyncBufferFromUrl, parquetReadObjects } from "hyparquet";

export const compressors = { ZSTD: (input) => decompressZstd(input) };
