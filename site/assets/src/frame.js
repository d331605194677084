// Runs in a page that is framed elsewhere: tells the frame's owner how high the
// page is, in the three forms that hosts listen to, whenever that changes.
const name = new URLSearchParams(location.search).get('childId') || location.pathname;
let told = 0;

function tell() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height < 1 || parent === window) return;
  told = height;
  parent.postMessage({ 'datawrapper-height': { [name]: height } }, '*');
  parent.postMessage(`pymxPYMx${name}xPYMxheightxPYMx${height}`, '*');
  parent.postMessage({ sentinel: 'amp', type: 'embed-size', height }, '*');
}

new ResizeObserver(() => {
  if (Math.ceil(document.body.getBoundingClientRect().height) !== told) tell();
}).observe(document.body);
// A host whose script came later than the page asks again.
addEventListener('message', (event) => { if (event.data === 'osservatorio-height?') tell(); });
