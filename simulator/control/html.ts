import type { FastifyReply } from 'fastify';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
  :root { color-scheme: light dark; --ink: #1d2430; --soft: #5d6678; --line: #e1e5ec; --paper: #fff; --back: #f4f6f9;
    --accent: #2957d0; --on-accent: #fff; --good: #14683f; --good-back: #def3e8; --bad: #a62b26; --bad-back: #fbe5e3;
    --warn: #8a5300; --warn-back: #fdeed3; --idle-back: #eceff4; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #a0a9ba; --line: #2c3342; --paper: #171c27;
    --back: #0f131b; --accent: #8aa8ff; --on-accent: #101625; --good: #7bdcae; --good-back: #14352a; --bad: #ff9d96;
    --bad-back: #40191a; --warn: #f6c56f; --warn-back: #3b2b0e; --idle-back: #262c39; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
  main { max-width: 76rem; margin: 0 auto; padding: 1.75rem 1.25rem 4rem; }
  main.narrow { max-width: 30rem; } main.wide { max-width: 96rem; }
  h1 { font-size: 1.45rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 0 0 .6rem; } h3 { font-size: 1.02rem; margin: 0; }
  p { margin: .25rem 0; } .soft { color: var(--soft); } .small { font-size: .86rem; } .story { min-height: 3em; }
  .top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .25rem 1.5rem; }
  .card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem; min-width: 0; }
  .card.said { margin: 1rem 0 1.4rem; border-left: 4px solid var(--accent); position: sticky; top: .5rem; z-index: 1; }
  .said summary { cursor: pointer; color: var(--soft); font-size: .86rem; }
  .sides { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr) minmax(22rem, 27rem); align-items: start; }
  .side { display: grid; gap: .9rem; min-width: 0; }
  .grid { display: grid; gap: .9rem; grid-template-columns: repeat(auto-fill, minmax(min(25rem, 100%), 1fr)); }
  .grid .card { display: flex; flex-direction: column; }
  .grid .card > .story { flex: 1; }
  .card header { display: flex; justify-content: space-between; align-items: baseline; gap: .5rem; }
  .marks { display: flex; flex-wrap: wrap; gap: .3rem; justify-content: flex-end; }
  .mark, .badge, .status { font-size: .8rem; padding: .08rem .55rem; border-radius: 1rem; background: var(--idle-back); white-space: nowrap; }
  .mark.linked, .status.good { background: var(--good-back); color: var(--good); }
  .status.bad { background: var(--bad-back); color: var(--bad); } .badge { background: var(--warn-back); color: var(--warn); }
  .row, .acts { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
  form .row { margin-top: .8rem; gap: .5rem; }
  .acts { margin-top: .55rem; } .acts .who { flex: 0 0 100%; font-size: .86rem; color: var(--soft); }
  .tabs { display: flex; flex-wrap: wrap; gap: .3rem; margin-bottom: .4rem; }
  .tabs + p { margin: 0 0 1rem; }
  .tabs a { color: inherit; text-decoration: none; padding: .2rem .7rem; border-radius: 1rem; border: 1px solid var(--line); font-size: .9rem; }
  .tabs a[aria-current] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  .faults { list-style: none; margin: 0; padding: 0; }
  .faults li { display: flex; justify-content: space-between; align-items: center; gap: .8rem; padding: .5rem 0; border-top: 1px solid var(--line); }
  .faults p { margin: 0; } .faults .row { flex: none; flex-wrap: nowrap; }
  .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .86rem; }
  th { text-align: left; font-weight: 600; color: var(--soft); } th, td { padding: .35rem .7rem .35rem 0; border-top: 1px solid var(--line); vertical-align: top; }
  th { border-top: 0; } td:first-child { white-space: nowrap; font-variant-numeric: tabular-nums; } .number { text-align: right; padding-right: 0; }
  button, select { font: inherit; color: inherit; padding: .35rem .75rem; border-radius: .5rem; cursor: pointer;
    border: 1px solid var(--line); background: var(--back); }
  .acts button, .faults button { font-size: .9rem; white-space: nowrap; }
  button:hover { border-color: var(--accent); }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
  button:focus-visible, select:focus-visible, input:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  button:disabled { opacity: .5; cursor: wait; }
  label { display: block; padding: .2rem 0; } fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; }
  pre { overflow: auto; max-height: 18rem; font-size: .82rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 0; }
  @media (max-width: 62rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 40rem) { main { padding: 1.1rem .8rem 3rem; } .card { padding: .85rem .9rem; } button { min-height: 2.5rem; } .acts button { flex: 1; padding: .35rem .2rem; font-size: .86rem; } .story { min-height: 0; } }
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
