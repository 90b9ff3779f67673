/**
 * The page's only program. Buttons call the control API; what the server drew is drawn by the server again after each
 * call and every two seconds, and the parts marked `data-live` are put in place of the old ones where they differ.
 * Answers are written as text, never as HTML.
 */
export const PAGE_SCRIPT = `
  const said = document.querySelector('#said');
  const answer = document.querySelector('#answer');
  let isDrawing = false;

  const nameOf = (element) => element && element.dataset && element.dataset.body
    ? element.dataset.path + ' ' + element.dataset.body : null;

  async function draw() {
    if (isDrawing || document.hidden) return;
    isDrawing = true;
    try {
      const text = await (await fetch(location.pathname + location.search)).text();
      const fresh = new DOMParser().parseFromString(text, 'text/html');
      const focused = nameOf(document.activeElement);
      for (const part of document.querySelectorAll('[data-live]')) {
        const next = fresh.getElementById(part.id);
        if (!next || next.innerHTML === part.innerHTML) continue;
        part.replaceChildren(...next.childNodes);
        if (focused === null || document.activeElement !== document.body) continue;
        const again = [...part.querySelectorAll('button[data-body]')].find((button) => nameOf(button) === focused);
        if (again) again.focus();
      }
    } catch {
      said.textContent = 'The simulator does not answer.';
    }
    isDrawing = false;
  }

  function inWords(result) {
    if (result.error) return result.error;
    const deliveries = result.deliveries || [];
    const taken = deliveries.filter(({ status }) => status >= 200 && status < 300).length;
    const told = deliveries.length === 0 ? 'nothing was sent' : deliveries.length + ' sent, ' + taken + ' taken';
    if (result.effect) return result.name + ' at ' + result.provider + ': ' + told + '.';
    const link = result.isLinked ? told : 'not linked there, so nothing was sent';
    return result.athlete + ', night of ' + result.date + ' (' + result.event + ') at ' + result.provider + ': ' + link + '.';
  }

  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-path]');
    if (!button) return;
    button.disabled = true;
    try {
      const response = await fetch('/control/' + button.dataset.path, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: button.dataset.body });
      const result = await response.json();
      said.textContent = inWords(result);
      answer.textContent = JSON.stringify(result, null, 2);
    } catch (error) {
      said.textContent = 'No answer: ' + error.message;
    }
    button.disabled = false;
    button.focus();
    await draw();
  });
  setInterval(draw, 2000);
`;
