// Reads a release folder with readers that others wrote and prints, as JSON,
// what each finds: rows, and of every column its type, its number of nulls, its
// sum and a hash of its values in order. The test beside this folder compares
// them with DuckDB. Usage: node read.mjs RELEASE_FOLDER
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { JsonLdParser } from 'jsonld-streaming-parser';
import JSONstat from 'jsonstat-toolkit';
import { Parser } from 'n3';
import { RdfXmlParser } from 'rdfxml-streaming-parser';

const wasm = createRequire(import.meta.url)('parquet-wasm/node');
const folder = process.argv[2];
const base = 'https://example.invalid/';

// checked is what is compared of a column: doubles by their bits, so that no
// way of printing them matters.
function checked(name, type, values) {
  const hash = createHash('sha256');
  const bits = new DataView(new ArrayBuffer(8));
  let nulls = 0, sum = 0;
  for (const v of values) {
    if (v === null || v === undefined) { nulls++; hash.update('\x01'); continue; }
    if (typeof v === 'number') {
      sum += v;
      bits.setFloat64(0, v);
      hash.update(bits.getBigUint64(0).toString(16).padStart(16, '0') + '\n');
    } else {
      hash.update(String(v) + '\n');
    }
  }
  return { name, type, nulls, sum, hash: hash.digest('hex') };
}

// known turns a reader's own name of a type into ours; any other stays as it is.
const known = { DOUBLE: 'double', Float64: 'double', VARCHAR: 'text', Utf8: 'text', LargeUtf8: 'text', 'BYTE_ARRAY UTF8': 'text' };
const type = name => known[name] ?? name;

async function byHyparquet(path) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const meta = parquetMetadata(file);
  const rows = await parquetReadObjects({ file, compressors });
  return { rows: rows.length, columns: meta.schema.slice(1).map(s =>
    checked(s.name, type(s.type + (s.converted_type ? ' ' + s.converted_type : '')), rows.map(r => r[s.name]))) };
}

function byArrow(path) {
  const table = tableFromIPC(wasm.readParquet(readFileSync(path)).intoIPCStream());
  return { rows: table.numRows, columns: table.schema.fields.map(f => checked(f.name, type(String(f.type)), table.getChild(f.name) ?? [])) };
}

async function byDuckDB(connection, path) {
  const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`);
  const columns = read.getColumns();
  return { rows: read.currentRowCount, columns: read.columnNames().map((name, i) => checked(name, type(String(read.columnType(i))), columns[i] ?? [])) };
}

// cube counts what the author's own toolkit finds in a JSON-stat document.
function cube(path) {
  const d = JSONstat(JSON.parse(readFileSync(path, 'utf8')));
  const cells = d.toTable({ type: 'arrobj', content: 'id', status: true });
  const own = cells.filter(c => c.status !== null && c.status !== undefined);
  return { places: d.n, cells: own.length, shown: own.filter(c => c.value !== null).length, hidden: own.filter(c => c.status === 'Q' && c.value === null).length,
    wrong: own.filter(c => c.status === 'Q' && c.value !== null).length };
}

const streamed = (parser, text) => new Promise((done, fail) => {
  const quads = [];
  parser.on('data', q => quads.push(q)).on('error', fail).on('end', () => done(quads));
  parser.end(text);
});

// refused keeps a parser from fetching a context: everything is in the file.
const refused = { load: async url => { throw new Error(`remote context ${url}`); } };

async function graph(name) {
  const text = readFileSync(join(folder, name), 'utf8');
  if (name.endsWith('.ttl')) return new Parser({ baseIRI: base }).parse(text);
  if (name.endsWith('.rdf')) return streamed(new RdfXmlParser({ baseIRI: base }), text);
  return streamed(new JsonLdParser({ baseIRI: base, documentLoader: refused }), text);
}

const said = t => t.termType === 'Literal' ? JSON.stringify([t.value, t.language, t.datatype.value]) : `<${t.value}>`;

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const found = { parquet: {}, cubes: {}, graphs: {} };
for (const file of readdirSync(join(folder, 'data')).sort()) {
  const path = join(folder, 'data', file);
  if (file.endsWith('.parquet')) {
    found.parquet[file] = { hyparquet: await byHyparquet(path), 'apache-arrow over parquet-wasm': byArrow(path), '@duckdb/node-api': await byDuckDB(connection, path) };
  } else if (file.endsWith('.json') && !file.endsWith('.schema.json') && !file.endsWith('.csv-metadata.json')) {
    found.cubes[file] = cube(path);
  }
}
for (const name of ['catalog.ttl', 'catalog.rdf', 'catalog.jsonld']) {
  const statements = [...new Set((await graph(name)).map(q => `${said(q.subject)} ${said(q.predicate)} ${said(q.object)}`))].sort();
  found.graphs[name] = { statements: statements.length, hash: createHash('sha256').update(statements.join('\n')).digest('hex') };
}
process.stdout.write(JSON.stringify(found));
