import { useSyncExternalStore } from 'react';

/** Where the page is, read from the part of the address behind `#`, which never reaches a server or its log. */
export type Route =
  | { readonly kind: 'home' }
  /** `query`: how the table is looked at (table/address.ts). */
  | { readonly kind: 'team'; readonly teamId: string; readonly query: string }
  | { readonly kind: 'athlete'; readonly athleteId: string }
  | { readonly kind: 'consent' }
  | { readonly kind: 'plan' }
  | { readonly kind: 'alerts' }
  /** Without a date: the athlete's today. */
  | { readonly kind: 'missing'; readonly date: string | null }
  | {
      readonly kind: 'connect';
      readonly provider: string | null;
      readonly result: string | null;
      readonly jobId: string | null;
      /** Under which a return from a provider waits to be confirmed. */
      readonly handle: string | null;
    }
  | { readonly kind: 'invitation'; readonly token: string };

/** Unknown addresses are home. */
function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [room, id] = path.split('/').filter(Boolean).map(decoded);
  const search = new URLSearchParams(query);
  if (room === 'team' && id) return { kind: 'team', teamId: id, query };
  if (room === 'athlete' && id) return { kind: 'athlete', athleteId: id };
  if (room === 'invitation' && id) return { kind: 'invitation', token: id };
  if (room === 'consent') return { kind: 'consent' };
  if (room === 'plan') return { kind: 'plan' };
  if (room === 'alerts') return { kind: 'alerts' };
  if (room === 'missing') return { kind: 'missing', date: id && /^\d{4}-\d{2}-\d{2}$/.test(id) ? id : null };
  if (room === 'connect') {
    return {
      kind: 'connect',
      provider: search.get('provider'),
      result: search.get('result'),
      jobId: search.get('job'),
      handle: search.get('confirm'),
    };
  }
  return { kind: 'home' };
}

export const addresses = {
  home: '#/',
  team: (teamId: string, query = '') => `#/team/${encodeURIComponent(teamId)}${query === '' ? '' : `?${query}`}`,
  athlete: (athleteId: string) => `#/athlete/${encodeURIComponent(athleteId)}`,
  consent: '#/consent',
  plan: '#/plan',
  alerts: '#/alerts',
  missing: (date: string) => `#/missing/${encodeURIComponent(date)}`,
  connect: '#/connect',
  connected: (slug: string) => `#/connect?provider=${encodeURIComponent(slug)}&result=linked`,
};

/** Who looks at the address. The browser tells of a change only later, and a box that was ticked would jump back until then. */
const watching = new Set<() => void>();

function tell(): void {
  for (const onChange of watching) onChange();
}

export function goTo(address: string): void {
  window.location.hash = address;
  tell();
}

/** Goes to an address in place of the one before, which then is no step back in the browser's history. */
export function replaceWith(address: string): void {
  window.location.replace(address);
  tell();
}

function watch(onChange: () => void): () => void {
  watching.add(onChange);
  window.addEventListener('hashchange', onChange);
  return () => {
    watching.delete(onChange);
    window.removeEventListener('hashchange', onChange);
  };
}

export const useRoute = (): Route => routeOf(useSyncExternalStore(watch, () => window.location.hash));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
