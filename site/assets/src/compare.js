// Territories side by side. The choice stands in the address (?t=A&t=B); each
// territory is one small file of finished cells, put into the table that stands
// in the page.
const form = document.querySelector('form[data-compare]');
const list = form.querySelector('.chosen');
const select = form.querySelector('select');
const status = form.querySelector('[role=status]');
const sheet = document.getElementById('sheet');
const most = Number(form.dataset.most);
const names = new Map([...select.options].map((o) => [o.value, o.textContent]));
const files = new Map();
// What the page shows of its own until a reader chooses.
const open = (form.dataset.open ?? '').split(' ').filter(Boolean);
const opening = sheet.querySelector('.opening');
let chosen = [];
let drawn = open.join(' ');

const say = (key, name = '', n = '') => { status.textContent = form.dataset[key].replace('%s', () => name).replace('%n', n); };

function load(code) {
  if (!files.has(code)) {
    files.set(code, fetch(`${form.dataset.compare}${encodeURIComponent(code)}.json`).then((r) => (r.ok ? r.json() : Promise.reject(new Error(code)))));
    files.get(code).catch(() => files.delete(code));
  }
  return files.get(code);
}

const named = (place) => `${place.name} (${place.level})`;

// A cell tells its place, as in the pages that are made with one.
function put(row, place) {
  row.insertAdjacentHTML('beforeend', place.cells[row.dataset.row] ?? '<td></td>');
  row.lastElementChild.setAttribute('role', 'cell');
  row.lastElementChild.dataset.place = named(place);
}

function head(place) {
  const th = document.createElement('th');
  const text = named(place);
  th.scope = 'col';
  th.setAttribute('role', 'columnheader');
  if (place.path) {
    const a = document.createElement('a');
    a.href = place.path;
    a.textContent = text;
    th.append(a);
  } else th.textContent = text;
  return th;
}

let turn = 0;
async function draw() {
  turn += 1;
  const mine = turn;
  if (opening) opening.hidden = chosen.join(' ') !== open.join(' ');
  if (chosen.join(' ') === drawn) { sheet.hidden = chosen.length === 0; return; }
  const places = (await Promise.all(chosen.map((code) => load(code).catch(() => { say('failed', names.get(code)); })))).filter(Boolean);
  if (mine !== turn) return;
  sheet.querySelector('thead tr').replaceChildren(sheet.querySelector('thead th'), ...places.map(head));
  for (const cell of sheet.querySelectorAll('.grp th,.unfold td')) cell.colSpan = places.length + 1;
  for (const row of sheet.querySelectorAll('tr[data-row]')) {
    for (const old of row.querySelectorAll('td')) old.remove();
    for (const place of places) put(row, place);
  }
  sheet.hidden = places.length === 0;
  drawn = places.length === chosen.length ? chosen.join(' ') : '';
}

function showChoice() {
  list.replaceChildren(...chosen.map((code) => {
    const li = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.value = code;
    button.textContent = form.dataset.remove.replace('%s', () => names.get(code));
    li.append(button);
    return li;
  }));
  // The twin in the other language shows the same choice.
  for (const a of document.querySelectorAll('header a[hreflang]')) a.search = location.search;
  return draw();
}

function keep() {
  const address = new URL(location.href);
  address.search = new URLSearchParams(chosen.map((code) => ['t', code])).toString();
  history.pushState(null, '', address);
  return showChoice();
}

function fromAddress() {
  const asked = [...new Set(new URLSearchParams(location.search).getAll('t'))];
  chosen = asked.length ? asked.filter((code) => names.has(code)).slice(0, most) : [...open];
  const stranger = asked.find((code) => !names.has(code));
  if (stranger) say('unknown', stranger);
  return showChoice();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const code = select.value;
  if (chosen.includes(code)) return;
  if (chosen.length >= most) { say('full'); return; }
  chosen.push(code);
  say('added', names.get(code), chosen.length);
  keep();
});
list.addEventListener('click', (event) => {
  const code = event.target.closest('button')?.value;
  if (!code) return;
  chosen = chosen.filter((c) => c !== code);
  say('removed', names.get(code), chosen.length);
  keep();
  select.focus();
});
addEventListener('popstate', fromAddress);
form.hidden = false;
fromAddress();
