// Bundles bundle/hyparquet.js into one module, and gathers the licences of what went into it.
// Usage: node bundle/build.mjs OUTPUT_DIRECTORY (called by scripts/build-dashboard.sh)
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const output = process.argv[2];
if (!output) {
  console.error("usage: node bundle/build.mjs OUTPUT_DIRECTORY");
  process.exit(2);
}

// hyparquet-compressors does not declare that its modules are free of side effects, so every codec
// would be kept. They are: unused ones may go.
const dropUnusedCodecs = {
  name: "drop-unused-codecs",
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, async (request) => {
      if (request.pluginData === "resolved" || request.kind === "entry-point") return undefined;
      const found = await bundler.resolve(request.path, {
        kind: request.kind,
        resolveDir: request.resolveDir,
        pluginData: "resolved",
      });
      return { ...found, sideEffects: false };
    });
  },
};

const result = await build({
  entryPoints: ["bundle/hyparquet.js"],
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: {
    js: "// Built by scripts/build-dashboard.sh from hyparquet and others; licences in LICENSES.txt.\n",
  },
  outdir: output,
  metafile: true,
  plugins: [dropUnusedCodecs],
});

const bundled = new Set();
for (const out of Object.values(result.metafile.outputs)) {
  for (const [path, { bytesInOutput }] of Object.entries(out.inputs)) {
    const match = /node_modules\/([^/]+)\//.exec(path);
    if (match && bytesInOutput > 0) bundled.add(match[1]);
  }
}

const notices = [...bundled].sort().map((name) => {
  const manifest = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
  const licence = readFileSync(join("node_modules", name, "LICENSE"), "utf8").trim();
  const title = `${name} ${manifest.version} (${manifest.license})`;
  return `${title}\n${"-".repeat(title.length)}\n\n${licence}\n`;
});
writeFileSync(
  join(output, "LICENSES.txt"),
  `assets/hyparquet.js contains the following works.\n\n${notices.join("\n\n")}`,
);
