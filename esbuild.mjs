// Builds everything that ships into dist/, and fails when a bundle is over its budget or holds a second yjs.
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';

const KIB = 1024;
const isWatch = process.argv.includes('--watch');
const isDevelopment = isWatch || process.argv.includes('--dev');

const common = {
  bundle: true,
  minify: !isDevelopment,
  sourcemap: isDevelopment ? 'linked' : false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': isDevelopment ? '"development"' : '"production"' },
};

/** The bundles: entry, output, budget of the gzipped file in bytes, and how many copies of yjs belong in; `parts`: what is loaded later, by its source, each with a budget of its own. */
const BUNDLES = [
  {
    entry: 'src/extension.node.ts',
    outfile: 'dist/extension.node.cjs',
    maxGzip: 250 * KIB,
    yjsCopies: 1,
    options: {
      platform: 'node',
      format: 'cjs',
      target: 'es2022',
      external: ['vscode'],
      // A dependency asks for it; VS Code logs an error at each look, and nothing here wants it.
      define: { navigator: 'undefined' },
    },
  },
  {
    entry: 'src/extension.web.ts',
    outfile: 'dist/extension.web.cjs',
    maxGzip: 150 * KIB,
    yjsCopies: 1,
    // No `global` and no `process` in the web worker.
    options: { platform: 'browser', format: 'cjs', target: 'es2022', external: ['vscode'] },
  },
  {
    entry: 'src/cli/main.ts',
    outfile: 'dist/twinhelm.mjs',
    maxGzip: 350 * KIB,
    yjsCopies: 1,
    options: {
      platform: 'node',
      format: 'esm',
      target: 'node22',
      // Optional native parts of ws; without them it uses JavaScript.
      external: ['bufferutil', 'utf-8-validate'],
      banner: {
        // CommonJS packages inside (ws) call require() for Node's own modules.
        js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
    },
  },
  {
    entry: 'webview-ui/panel/panelMain.tsx',
    outfile: 'dist/panel.js',
    maxGzip: 135 * KIB,
    yjsCopies: 0,
    parts: { 'webview-ui/lazy/syntax.ts': 60 * KIB },
    options: {
      platform: 'browser',
      format: 'esm',
      splitting: true,
      chunkNames: 'panel-[name]-[hash]',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
    },
  },
];

/** Copies of yjs among the inputs of a bundle: two would break `instanceof` inside it. */
function yjsCopies(metafile) {
  return Object.keys(metafile.inputs).filter((path) => /node_modules\/yjs\/dist\//.test(path))
    .length;
}

async function gzipBytes(path) {
  return gzipSync(await readFile(path), { level: 9 }).length;
}

/** Files that are loaded at once with one, and itself. */
function loadedWith(file, outputs, found = new Set()) {
  if (found.has(file) || outputs[file] === undefined) return found;
  found.add(file);
  const { imports, cssBundle } = outputs[file];
  if (cssBundle !== undefined) found.add(cssBundle);
  for (const { path, kind } of imports) {
    if (kind !== 'dynamic-import') loadedWith(path, outputs, found);
  }
  return found;
}

/** Throws when the built bundle breaks a rule; prints its size, and that of each part that is loaded later. */
async function inspect({ outfile, maxGzip, yjsCopies: wanted, parts = {} }, metafile) {
  const found = yjsCopies(metafile);
  if (found !== wanted) {
    throw new Error(`${outfile}: ${found} copies of yjs in the bundle, expected ${wanted}.`);
  }
  const atOnce = loadedWith(outfile, metafile.outputs);
  await inspectSize({ outfile, files: atOnce, maxGzip, metafile });
  for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.map') || atOnce.has(file)) continue;
    const partMax = parts[entryPoint];
    if (partMax === undefined) throw new Error(`${file} has no budget: name it in \`parts\`.`);
    await inspectSize({ outfile: file, files: [file], maxGzip: partMax, metafile });
  }
}

async function inspectSize({ outfile, files, maxGzip, metafile }) {
  let gzip = 0;
  let bytes = 0;
  for (const file of files) {
    gzip += await gzipBytes(file);
    bytes += metafile.outputs[file].bytes;
  }
  const kib = (n) => `${(n / KIB).toFixed(1)} KiB`;
  console.log(
    `${outfile.padEnd(26)} ${kib(bytes).padStart(11)} ${kib(gzip).padStart(11)} gz  of ${kib(maxGzip)}`,
  );
  if (!isDevelopment && gzip > maxGzip) {
    throw new Error(
      `${outfile} is ${kib(gzip)} gzipped, over its budget of ${kib(maxGzip)}. ` +
        'Nothing was packaged. Make it smaller, or raise the budget with a decision record.',
    );
  }
}

function settings({ entry, outfile, options }) {
  // Parts that are loaded later need a folder, and stand beside the bundle.
  const place = options.splitting
    ? { outdir: dirname(outfile), entryNames: basename(outfile, '.js') }
    : { outfile };
  return { ...common, ...options, entryPoints: [entry], ...place };
}

/** Forms of the relay's page that are served to who takes them, made once at the highest level. */
async function compressJoinPage() {
  const page = await readFile('media/join/index.html');
  const forms = {
    br: brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: page.length } }),
    gz: gzipSync(page, { level: 9 }),
  };
  await mkdir('dist/join', { recursive: true });
  for (const [suffix, bytes] of Object.entries(forms)) {
    // Beside and then into its place: a relay that starts at this moment reads a whole one.
    await writeFile(`dist/join/index.html.${suffix}.part`, bytes);
    await rename(`dist/join/index.html.${suffix}.part`, `dist/join/index.html.${suffix}`);
  }
  const sizes = [page, forms.gz, forms.br].map((bytes) => `${(bytes.length / KIB).toFixed(1)} KiB`);
  console.log(
    `${'media/join/index.html'.padEnd(26)} ${sizes[0]}, ${sizes[1]} gzip, ${sizes[2]} br`,
  );
}

async function buildOnce() {
  await mkdir('dist', { recursive: true });
  const built = new Set();
  for (const bundle of BUNDLES) {
    const { metafile } = await build(settings(bundle));
    for (const path of Object.keys(metafile.outputs)) built.add(basename(path));
    await inspect(bundle, metafile);
    if (bundle.outfile.endsWith('.mjs')) await chmod(bundle.outfile, 0o755);
  }
  await compressJoinPage();
  built.add('join');
  // Afterwards, so that what runs from here finds its files at any moment.
  for (const name of await readdir('dist')) {
    if (!built.has(name)) await rm(join('dist', name), { recursive: true });
  }
}

if (isWatch) {
  for (const bundle of BUNDLES) await (await context(settings(bundle))).watch();
  console.log('watching');
} else {
  await buildOnce().catch((error) => {
    console.error(error.errors === undefined ? error.message : 'build failed');
    process.exitCode = 1;
  });
}
