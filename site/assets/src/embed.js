// For pages that frame figures of this site: gives each frame the height that
// its page tells. Pasted any number of times, it works once. It reads nothing,
// keeps nothing and asks nobody else.
const home = `${new URL(document.currentScript.src).origin}/`;
const least = 80;
const most = 8000;

function frames() {
  return [...document.querySelectorAll('iframe')].filter((f) => f.src.startsWith(home));
}

function fit(event) {
  const said = event.data && event.data['datawrapper-height'];
  const frame = said && frames().find((f) => f.contentWindow === event.source);
  const height = frame && Number(Object.values(said)[0]);
  if (height >= least && height <= most) {
    frame.style.height = `${Math.ceil(height)}px`;
    frame.setAttribute('scrolling', 'no');
  }
}

if (!window.osservatorioFrames) {
  window.osservatorioFrames = true;
  addEventListener('message', fit);
  for (const f of frames()) f.contentWindow.postMessage('osservatorio-height?', '*');
}
