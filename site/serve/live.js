// Of a site that is being written: the page loads again when the site was built
// anew, and says what stopped a build.
const fault = document.createElement('pre');
fault.hidden = true;
fault.setAttribute('role', 'alert');
document.body.prepend(fault);
new EventSource('/-/live').onmessage = (event) => {
  const said = JSON.parse(event.data);
  if (!said.fault) {
    location.reload();
    return;
  }
  fault.textContent = said.fault;
  fault.hidden = false;
  scrollTo(0, 0);
};
