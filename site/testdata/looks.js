// Lists what a reader would call broken on the page that is open. ground is told
// where forced colours are on.
((media) => {
  const faults = [];
  const tell = (what, e, more = '') => faults.push(`${what}: <${e.tagName.toLowerCase()}${e.id ? ` id=${e.id}` : ''}${e.getAttribute('class') ? ` class=${e.getAttribute('class')}` : ''}> ${JSON.stringify((e.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50))} ${more}`);
  const box = (e) => e.getBoundingClientRect();
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && box(e).width > 1 && box(e).height > 1 && !e.closest('.visually-hidden:not(:focus)');
  const all = (what, within = document) => [...within.querySelectorAll(what)].filter(seen);
  const meet = (a, b, x, y) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > x && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > y;

  if (document.documentElement.scrollWidth > innerWidth) {
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide in ${innerWidth}`);
    for (const e of all('main *')) if (box(e).right > innerWidth + 1 && !e.closest('.scroll')) { tell('reaches beyond the window', e, `to ${box(e).right}`); break; }
  }
  if (media === 'print') for (const e of all('main :is(table,svg,img,pre)')) if (box(e).right > innerWidth + 1) tell('is wider than the paper', e, `to ${Math.round(box(e).right)} of ${innerWidth}`);

  for (const e of all('body *')) {
    if (e.closest('svg')) continue;
    const style = getComputedStyle(e);
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && !e.title && e.textContent.trim()) tell('text is cut', e, `${e.scrollWidth} px in ${e.clientWidth}`);
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (media !== 'print' && own && parseFloat(style.fontSize) < 11) tell('text is small', e, style.fontSize);
  }

  const drawings = all(':is(.plot,.key,.keys,figure) svg').filter((e) => e.viewBox.baseVal?.width);
  for (const svg of drawings) {
    const frame = box(svg), view = svg.viewBox.baseVal, stretch = frame.width / view.width;
    if (svg.getAttribute('preserveAspectRatio') === 'none' && !svg.matches('.bar,.share') && Math.abs(frame.height / view.height / stretch - 1) > 0.02) tell('drawing is stretched', svg, `${frame.width}×${frame.height} of ${view.width}×${view.height}`);
    const texts = all('text', svg).filter((e) => e.textContent.trim()).flatMap((e) => { const lines = all('tspan', e); return lines.length ? lines : [e]; });
    const boxes = texts.map((e) => {
      const r = box(e), less = r.height * 0.28; // letters fill about half of the height of their line
      return { left: r.left, right: r.right, top: r.top + less, bottom: r.bottom - less, e };
    });
    boxes.forEach((a, i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1) tell('text leaves its drawing', a.e, `in ${svg.id || svg.getAttribute('aria-label')}`);
      if (media !== 'print' && parseFloat(getComputedStyle(a.e).fontSize) * stretch < (svg.closest('.form-district_map') ? 10 : 11)) // names of tiles are as wide as these tell('text of a drawing is small', a.e, `${(parseFloat(getComputedStyle(a.e).fontSize) * stretch).toFixed(1)} px`);
      for (const b of boxes.slice(i + 1)) if (meet(a, b, 1.5, 1.5)) tell('text covers another', a.e, `and ${b.e.textContent.slice(0, 40)} in ${svg.id || svg.getAttribute('aria-label')}`);
    });
    if (media === 'forced') {
      let ground = 'rgb(255, 255, 255)';
      for (let e = svg; e; e = e.parentElement) {
        const colour = getComputedStyle(e).backgroundColor;
        if (!/, 0\)$|transparent/.test(colour)) { ground = colour; break; }
      }
      for (const e of all('text,path,rect,circle,line,polyline,polygon,ellipse', svg)) {
        const paints = ['fill', 'stroke'].filter((p) => !/^(none|white|#fff(fff)?|url.*|rgb\(255, ?255, ?255\)|transparent)$/i.test(e.getAttribute(p) ?? 'none'));
        if (paints.length && paints.every((p) => getComputedStyle(e)[p] === ground)) { tell('has the colour of its ground', e, `${ground} in ${svg.id}`); break; }
      }
    }
  }
  for (const e of all('img')) {
    if (e.complete && e.naturalWidth && Math.abs(box(e).width / box(e).height / (e.naturalWidth / e.naturalHeight) - 1) > 0.02) tell('image is stretched', e);
  }
  if (media === 'print') return faults;

  const things = all('a[href]:not(.skiplinks a),button,input:not([type=hidden]),select,textarea,summary').filter((e) => getComputedStyle(e).pointerEvents !== 'none');
  // A link within a sentence is as high as its line; what its label holds is as large as the label.
  const within = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline' && e.parentElement.textContent.trim().length > e.textContent.trim().length + 1;
  // As WCAG 2.5.8 has it: smaller than 24 px it is small only where another lies within 24 px about its middle.
  const crowded = (e) => {
    const r = area(e), x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2;
    return things.some((o) => o !== e && !o.contains(e) && !e.contains(o) && Math.hypot(Math.max(box(o).left - x, 0, x - box(o).right), Math.max(box(o).top - y, 0, y - box(o).bottom)) < 12);
  };
  const area = (e) => box(e.closest('label') ?? e);
  for (const e of things) if (!within(e) && (area(e).width < 23.5 || area(e).height < 23.5) && crowded(e)) tell('is small to hit', e, `${area(e).width.toFixed(0)}×${area(e).height.toFixed(0)}`);
  const rects = things.flatMap((e) => [...e.getClientRects()].map((r) => ({ e, top: r.top, bottom: r.bottom, left: r.left, right: r.right }))).sort((a, b) => a.top - b.top);
  rects.forEach((a, i) => {
    for (let k = i + 1; k < rects.length && rects[k].top < a.bottom; k += 1) {
      const b = rects[k];
      if (a.e !== b.e && !a.e.contains(b.e) && !b.e.contains(a.e) && !a.e.closest('label')?.contains(b.e) && meet(a, b, 2, 6)) tell('lies over another', a.e, `and ${b.e.textContent.trim().slice(0, 40)}`);
    }
  });
  return [...new Set(faults)];
})
