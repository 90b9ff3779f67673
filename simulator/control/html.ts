import type { FastifyReply } from 'fastify';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #e3e6ec; --paper: #fff; --back: #f5f6f9;
    --accent: #2f5fe0; --good: #17724a; --good-back: #e2f5ec; --idle-back: #eceef2; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #9aa3b5; --line: #2c3342; --paper: #171c27;
    --back: #10141c; --accent: #8aa8ff; --good: #7bdcae; --good-back: #14352a; --idle-back: #262c39; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
  main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
  main.narrow { max-width: 30rem; }
  h1 { font-size: 1.45rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 0; }
  p { margin: .25rem 0; } .soft { color: var(--soft); }
  .card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem; }
  .grid { display: grid; gap: .9rem; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); margin-top: 1.25rem; }
  .card header { display: flex; justify-content: space-between; align-items: baseline; gap: .5rem; }
  .mark { font-size: .8rem; padding: .1rem .55rem; border-radius: 1rem; background: var(--idle-back); white-space: nowrap; }
  .mark.linked { background: var(--good-back); color: var(--good); }
  .row { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .8rem; }
  button, select { font: inherit; color: inherit; padding: .4rem .8rem; border-radius: .5rem; cursor: pointer;
    border: 1px solid var(--line); background: var(--back); }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--paper); }
  button:focus-visible, select:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  button:disabled { opacity: .5; cursor: wait; }
  label { display: block; padding: .2rem 0; } fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; }
  pre { overflow: auto; max-height: 18rem; font-size: .82rem; white-space: pre-wrap; }
`;

/**
 * Answers with a page that may load nothing from outside; `script` runs under a nonce. No `form-action` is set:
 * browsers apply it to the redirect after the consent form too, and that one leads to the application.
 */
export function sendPage(
  reply: FastifyReply,
  { title, body, script = '', status = 200 }: { title: string; body: string; script?: string; status?: number },
): FastifyReply {
  const nonce = crypto.randomUUID();
  return reply
    .code(status)
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}${script === '' ? '' : `<script nonce="${nonce}">${script}</script>`}</body>
</html>`);
}
