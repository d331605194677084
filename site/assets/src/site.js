// The one script of the site. Everything can be read without it; it adds the
// interactive chart on request, copy buttons, and opens the folds around what a
// link points at, all of them for print.
const charts = new Map();

function script(src) {
  return new Promise((done, fail) => {
    const s = document.createElement('script');
    s.src = src;
    s.onload = done;
    s.onerror = fail;
    document.head.append(s);
  });
}

const json = (url) => fetch(url).then((r) => (r.ok ? r.json() : Promise.reject(new Error(`${url}: ${r.status}`))));

let engine;
async function loadEngine(src) {
  engine ??= script(src).then(() => window.osservatorioCharts);
  return engine;
}

async function draw(button) {
  const figure = button.closest('figure');
  const plot = figure.querySelector('.plot');
  const [lib, data] = await Promise.all([loadEngine(button.dataset.engine), json(button.dataset.chart)]);
  await Promise.all(Object.entries(data.maps || {}).map(async ([name, url]) => {
    if (!lib.getMap(name)) lib.registerMap(name, await json(url));
  }));
  const box = document.createElement('div');
  const sheet = document.createElement('div');
  box.className = 'live';
  box.setAttribute('aria-hidden', 'true');
  box.append(sheet);
  plot.append(box);
  plot.classList.add('is-live');
  const chart = lib.init(sheet, null, { renderer: 'svg' });
  charts.set(plot, chart);
  let last;
  // The chart keeps the size it was drawn for and is scaled like the still
  // image: marks stand at places that were computed for that size.
  new ResizeObserver(() => {
    const form = plot.clientWidth >= 600 ? data.wide : data.narrow;
    const scale = plot.clientWidth / form.width;
    if (!scale) return;
    box.style.height = `${form.height * scale}px`;
    sheet.style.transform = `scale(${scale})`;
    if (form === last) return;
    last = form;
    sheet.style.width = `${form.width}px`;
    sheet.style.height = `${form.height}px`;
    chart.resize({ width: form.width, height: form.height });
    chart.setOption(livened(form.option), true);
  }).observe(plot);
}

// livened is the option of the still image with what only a pointer needs: a
// tip drawn as text (ECharts would write entities into it) and an outline of
// the place below the pointer that keeps its colour.
function livened(option) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    ...option,
    animation: !still,
    tooltip: { confine: true, ...option.tooltip, show: true, renderMode: 'richText',
      formatter: (mark) => mark.name, textStyle: { ...option.textStyle } },
    series: option.series.map((s) => (s.type !== 'map' ? s : { ...s, selectedMode: false,
      emphasis: { label: { color: 'inherit' }, itemStyle: { areaColor: 'inherit', borderColor: '#17324d', borderWidth: 2 } } })),
  };
}

function toggle(button) {
  const plot = button.closest('figure').querySelector('.plot');
  const on = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(on));
  if (charts.has(plot)) plot.classList.toggle('is-live', on);
  else draw(button).catch(() => { button.hidden = true; });
}

async function copy(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  const before = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = before; }, 2000);
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest('details')) return;
  for (let fold = target.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  target.scrollIntoView();
}

function openParts() {
  for (const part of document.querySelectorAll('details.part')) part.open = true;
}

// Snippets of a site that knows no public address get the one it is read at.
for (const pre of document.querySelectorAll('pre[data-origin]')) {
  pre.textContent = pre.textContent.replace(/(src|href)="\//g, `$1="${location.origin}/`);
}
for (const b of document.querySelectorAll('button[hidden]')) b.hidden = false;
document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.chart) toggle(button);
  if (button?.dataset.copy) copy(button);
  if (button?.hasAttribute('data-open')) {
    openParts();
    document.querySelector('details.part > summary').focus();
    button.hidden = true;
  }
});
addEventListener('hashchange', openTarget);
addEventListener('beforeprint', openParts);
openTarget();

// A comparison is laid out otherwise on a phone, and some browsers then take the
// table's roles away. In the page itself they would be said twice.
const roles = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };
for (const part of document.querySelectorAll('.cmp, .cmp :is(thead, tbody, tr, th, td)')) {
  part.setAttribute('role', roles[part.tagName] ?? (part.scope === 'col' ? 'columnheader' : 'rowheader'));
}
