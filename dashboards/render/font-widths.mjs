// Prints widths.json: the advance widths of Titillium Web in thousandths of an
// em, by weight, so that ECharts can lay out text without a canvas.
//   node font-widths.mjs <folder with the .ttf files of bootstrap-italia> > widths.json
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const files = { 400: 'regular', 600: '600', 700: '700' };
const extra = [...'–—‘’“”…€−·≥≤±×→′'].map((c) => c.codePointAt(0));
const wanted = [];
for (let c = 0x20; c < 0x7f; c++) wanted.push(c);
for (let c = 0xa0; c < 0x180; c++) wanted.push(c);
wanted.push(...extra);

const out = {};
for (const [weight, suffix] of Object.entries(files)) {
  const font = readFileSync(join(process.argv[2], `titillium-web-v10-latin-ext_latin-${suffix}.ttf`));
  out[weight] = widths(font);
}
process.stdout.write(JSON.stringify(out).replaceAll('},', '},\n') + '\n');

function widths(font) {
  const table = {};
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const at = 12 + 16 * i;
    table[font.toString('latin1', at, at + 4)] = font.readUInt32BE(at + 8);
  }
  const em = font.readUInt16BE(table.head + 18);
  const metrics = font.readUInt16BE(table.hhea + 34);
  const found = {};
  for (const code of wanted) {
    const glyph = glyphOf(font, table.cmap, code);
    if (glyph === 0) continue;
    const advance = font.readUInt16BE(table.hmtx + 4 * Math.min(glyph, metrics - 1));
    found[String.fromCodePoint(code)] = Math.round((1000 * advance) / em);
  }
  return found;
}

// glyphOf reads the format 4 (Windows, Unicode) subtable of cmap.
function glyphOf(font, cmap, code) {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const sub = cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4);
    if (font.readUInt16BE(sub) !== 4) continue;
    const segments = font.readUInt16BE(sub + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = font.readUInt16BE(sub + 14 + 2 * s);
      if (code > end) continue;
      const start = font.readUInt16BE(sub + 16 + 2 * segments + 2 * s);
      if (code < start) return 0;
      const delta = font.readUInt16BE(sub + 16 + 4 * segments + 2 * s);
      const rangeAt = sub + 16 + 6 * segments + 2 * s;
      const range = font.readUInt16BE(rangeAt);
      if (range === 0) return (code + delta) & 0xffff;
      const glyph = font.readUInt16BE(rangeAt + range + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
  }
  return 0;
}
