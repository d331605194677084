// The search of the site: reads one small index, asks nobody. Every word must be
// found, by its beginning; the title counts more than the text. Where nothing is
// found, words with one letter wrong are taken.
const form = document.querySelector('form[data-index]');
const field = form.querySelector('input');
const list = document.getElementById('found');
const count = document.getElementById('found-count');
const az = document.getElementById('az');
const MOST = 40;

const fold = (s) => s.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
const wordsOf = (s) => fold(s).match(/[a-z0-9]+/g) || [];
// The ending is cut off the word that is asked for only: its beginning then
// finds singular and plural.
const endings = { it: /h?[aeiou]{1,2}$/, en: /(?:ies|es|s|ing|ed)$/ }[document.documentElement.lang];
const stem = (w) => (w.length > 4 ? w.replace(endings, '') : w);

let index;
async function load() {
  index ??= fetch(form.dataset.index).then((r) => (r.ok ? r.json() : Promise.reject(new Error(r.status))))
    .then(({ kinds, entries }) => entries.map(([kind, title, path, says, also]) => ({
      kind: kinds[kind], title, path, says, fields: [[wordsOf(title), 10], [wordsOf(also), 5], [wordsOf(says), 2]],
    })));
  return index;
}

// apart tells whether one change makes a of the beginning of b.
function apart(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  return b.startsWith(a.slice(i + 1), i + 1) || b.startsWith(a.slice(i + 1), i) || b.startsWith(a.slice(i), i + 1)
    || (a[i] === b[i + 1] && a[i + 1] === b[i] && b.startsWith(a.slice(i + 2), i + 2));
}

function match(asked, word, near) {
  if (word === asked) return 1;
  if (word.startsWith(asked)) return 0.8;
  if (word.startsWith(stem(asked))) return 0.6;
  return near && asked.length > 3 && apart(asked, word) ? 0.3 : 0;
}

function rank(entry, asked, near) {
  let sum = 0;
  for (const a of asked) {
    let best = 0;
    for (const [words, weight] of entry.fields) {
      for (const w of words) best = Math.max(best, weight * match(a, w, near));
    }
    if (!best) return 0;
    sum += best;
  }
  return sum / (1 + entry.fields[0][0].length / 100); // of equals the shorter title
}

const find = (entries, asked, near) => entries.map((e) => [rank(e, asked, near), e]).filter(([r]) => r > 0)
  .sort((a, b) => b[0] - a[0]).map(([, e]) => e);

function item(entry) {
  const li = document.createElement('li');
  const a = document.createElement('a');
  const kind = document.createElement('small');
  a.href = entry.path;
  a.textContent = entry.title;
  kind.textContent = entry.kind;
  li.append(a, ' ', kind);
  if (entry.says) {
    const p = document.createElement('p');
    p.textContent = entry.says.length > 220 ? `${entry.says.slice(0, entry.says.lastIndexOf(' ', 220))} …` : entry.says;
    li.append(p);
  }
  return li;
}

let turn = 0;
async function show() {
  const q = field.value.trim();
  const asked = wordsOf(q);
  turn += 1;
  const mine = turn;
  const address = new URL(location.href);
  if (q) address.searchParams.set('q', q); else address.searchParams.delete('q');
  history.replaceState(null, '', address);
  let hits = [];
  let near = false;
  if (asked.length) {
    let entries;
    try { entries = await load(); } catch { count.textContent = form.dataset.failed; return; }
    if (mine !== turn) return;
    hits = find(entries, asked, false);
    if (!hits.length) { hits = find(entries, asked, true); near = hits.length > 0; }
  }
  list.replaceChildren(...hits.slice(0, MOST).map(item));
  az.hidden = hits.length > 0;
  const n = hits.length;
  let says = near ? 'near' : ['none', 'single'][n] || (n > MOST ? 'first' : 'many');
  if (!asked.length) says = '';
  count.textContent = says ? form.dataset[says].replace('%n', n).replace('%t', MOST).replace('%q', () => q) : '';
}

function walk(event) {
  const links = [field, ...list.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (at < 0) return;
  if (event.key === 'Escape' && at > 0) field.focus();
  else if (event.key === 'ArrowDown' && at + 1 < links.length) links[at + 1].focus();
  else if (event.key === 'ArrowUp' && at > 0) links[at - 1].focus();
  else return;
  event.preventDefault();
}

form.hidden = false;
field.value = new URLSearchParams(location.search).get('q') || '';
form.addEventListener('submit', (event) => {
  event.preventDefault();
  list.querySelector('a')?.focus();
});
field.addEventListener('input', show);
addEventListener('keydown', walk);
if (field.value) show();
field.addEventListener('focus', () => load().catch(() => {}), { once: true });
