// Makes every built part of the site and of the renderer. Nothing made here is
// committed, and nothing that is served points outside the site.
//
//   dist/                          style, script, fonts: names carry a content hash, manifest.json maps them
//   ../../dashboards/render/dist/  echarts.ssr.js (ECharts for drawing inside Go)
//   ../../dashboards/picture/dist/ resvg.wasm and fonts (drawings to PNG inside Go)
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';

const here = dirname(fileURLToPath(import.meta.url));
const at = (...p) => join(here, ...p);
const dist = at('dist');
const renderDist = at('..', '..', 'dashboards', 'render', 'dist');
const pictureDist = at('..', '..', 'dashboards', 'picture', 'dist');
const kit = at('node_modules', 'bootstrap-italia', 'dist');
const weights = { 400: 'regular', 600: '600', 700: '700' };
const manifest = {};
const sizes = [];

// Limits in bytes, gzip: a build that breaks one fails.
const limits = { 'style.css': 12_000, 'site.js': 3_000, 'frame.js': 1_000, 'embed.js': 1_000, 'charts.js': 250_000 };

function put(name, bytes) {
  const dot = name.lastIndexOf('.');
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  writeFileSync(join(dist, hashed), bytes);
  manifest[name] = hashed;
  weigh(name, bytes);
}

function weigh(name, bytes) {
  const gz = name.endsWith('.woff2') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  sizes.push([name, bytes.length, gz]);
  if (limits[name] && gz > limits[name]) {
    throw new Error(`build ${name}: ${gz} bytes gzip: want at most ${limits[name]}`);
  }
}

function clean(dir) {
  mkdirSync(dir, { recursive: true });
  for (const f of readdirSync(dir)) if (f !== '.gitkeep') rmSync(join(dir, f), { recursive: true });
}

const fontFile = (name, kind) => at('node_modules', 'bootstrap-italia', 'dist', 'fonts', 'Titillium_Web',
  `titillium-web-v10-latin-ext_latin-${name}.${kind}`);

function fonts() {
  for (const [weight, name] of Object.entries(weights)) {
    put(`titillium-${weight}.woff2`, readFileSync(fontFile(name, 'woff2')));
  }
}

// Bootstrap Italia, cut to the rules that the templates use and put in a layer,
// so that our sheet adds to it without fighting its selectors.
async function kitRules() {
  const words = [
    ...readdirSync(at('..', 'templates')).map((f) => at('..', 'templates', f)),
    at('src', 'site.js'),
  ];
  const [{ css }] = await new PurgeCSS().purge({
    content: words,
    css: [{ raw: readFileSync(join(kit, 'css', 'bootstrap-italia.min.css'), 'utf8') }],
    variables: false, keyframes: true, fontFace: true,
    defaultExtractor: (text) => text.match(/[A-Za-z][\w-]*/g) ?? [],
    blocklist: [/^btn/, /^form/, /^nav(bar)?(-|$)/, /^dropdown/, /^modal/, /^carousel/, /^splide/, /^vjs/, /^video/, /^card/,
      /^section/, /^table/, /^accordion/, /^list/, /^link/, /^input/, /^select/, /^icon/, /^row$/, /^col/, /^alert/, /^figure/, /^small$/, /^lead$/, /^text-/, /^bg-/],
  });
  return prune(css);
}

// Custom properties that nothing reads any more, font faces and data: images go.
function prune(css) {
  let out = css.replace(/@font-face\s*\{[^}]*\}/g, '').replace(/@charset[^;]*;/g, '');
  for (let before = ''; before !== out;) {
    before = out;
    const read = new Set([...out.matchAll(/var\(\s*(--[\w-]+)/g)].map((m) => m[1]));
    out = out.replace(/(--[\w-]+)\s*:[^;{}]*(;|(?=\}))/g, (whole, name) => (read.has(name) ? whole : ''));
  }
  return out.replace(/[^{}]+\{\s*\}/g, '');
}

function kitVersion() {
  return JSON.parse(readFileSync(at('node_modules', 'bootstrap-italia', 'package.json'), 'utf8')).version;
}

async function style() {
  const faces = Object.keys(weights).map((w) => `@font-face{font-family:"Titillium Web";font-style:normal;font-weight:${w};`
    + `font-display:swap;src:url(${manifest[`titillium-${w}.woff2`]}) format("woff2")}`).join('\n');
  const css = `@layer kit{${await kitRules()}}\n:root{--bootstrap-italia-version:"${kitVersion()}"}\n`
    + `${faces}\n${readFileSync(at('src', 'style.css'), 'utf8')}${readFileSync(at('src', 'embed.css'), 'utf8')}${readFileSync(at('src', 'print.css'), 'utf8')}`;
  const { code } = await esbuild.transform(css, { loader: 'css', minify: true, legalComments: 'none', target: ['chrome111', 'firefox113', 'safari16.4'] });
  if (/url\((?!["']?(titillium|#))/.test(code)) throw new Error('build style.css: an address that is not a font of ours');
  put('style.css', Buffer.from(code));
}

async function bundle(entry, options) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [at('src', entry)], bundle: true, minify: true, write: false, legalComments: 'none',
    format: 'iife', logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"' }, ...options,
  });
  return Buffer.from(outputFiles[0].contents);
}

async function scripts() {
  put('site.js', await bundle('site.js', { target: 'es2020' }));
  put('frame.js', await bundle('frame.js', { target: 'es2020' }));
  put('embed.js', await bundle('embed.js', { target: 'es2020' }));
  if (!existsSync(at('src', 'echarts.entry.mjs'))) throw new Error('build charts: src/echarts.entry.mjs: not here');
  const chart = { globalName: 'osservatorioCharts' };
  put('charts.js', await bundle('echarts.entry.mjs', { ...chart, target: 'es2020' }));
  writeFileSync(join(renderDist, 'echarts.ssr.js'), await bundle('echarts.entry.mjs', { ...chart, target: 'es2017' }));
  for (const name of ['search.js', 'compare.js']) { // each on its own page only
    limits[name] = 2_000;
    put(name, await bundle(name, { target: 'es2020' }));
  }
}

// What turns a drawing into a picture inside Go: the rasteriser and the font.
function rasteriser() {
  writeFileSync(join(pictureDist, 'resvg.wasm'), readFileSync(at('node_modules', '@resvg', 'resvg-wasm', 'index_bg.wasm')));
  for (const [weight, name] of Object.entries(weights)) {
    writeFileSync(join(pictureDist, `titillium-${weight}.ttf`), readFileSync(fontFile(name, 'ttf')));
  }
}

clean(dist);
clean(renderDist);
clean(pictureDist);
rasteriser();
fonts();
put('icon.svg', readFileSync(at('src', 'icon.svg')));
await style();
await scripts();
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n');
for (const [name, raw, gz] of sizes) console.log(`${name.padEnd(22)} ${String(raw).padStart(8)} B ${String(gz).padStart(8)} B gzip`);
