import { useCallback, useEffect, useState } from 'react';

/** How notifications stand in this browser. */
export type BrowserState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly endpoint: string };

export interface Subscribed {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

const WORKER = '/notifications.js';
/** Whose notifications come to this browser: of several people who sign in here, the one who turned them on last. */
const OWNER_KEY = 'athlete-ally.notifications-of';

/** Looks, and asks the person nothing: that waits for a click. */
export function useThisBrowser(accountId: string) {
  const [state, setState] = useState<BrowserState>({ kind: 'asking' });
  const look = useCallback(
    () => currentState(accountId).then(setState, () => setState({ kind: 'unsupported' })),
    [accountId],
  );
  useEffect(() => void look(), [look]);
  return { state, look };
}

async function currentState(accountId: string): Promise<BrowserState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window))
    return { kind: 'unsupported' };
  if (Notification.permission === 'denied') return { kind: 'blocked' };
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  const isOurs = localStorage.getItem(OWNER_KEY) === accountId;
  return subscription && isOurs && Notification.permission === 'granted'
    ? { kind: 'on', endpoint: subscription.endpoint }
    : { kind: 'off' };
}

/** Asks for permission and subscribes; null where the person said no. Throws where the browser has no push service. */
export async function subscribe(pushKey: string): Promise<Subscribed | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  await navigator.serviceWorker.register(WORKER);
  const registration = await navigator.serviceWorker.ready;
  const applicationServerKey = bytesOf(pushKey);
  const subscription = await registration.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey })
    .catch(async (error: unknown) => {
      // Subscribed under another key, once: that one is of no use any more.
      const old = await registration.pushManager.getSubscription();
      if (!old) throw error;
      await old.unsubscribe();
      return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    });
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint: endpoint ?? '', p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' };
}

/** Call it once the server knows the browser as this account's. */
export const noteOwner = (accountId: string): void => localStorage.setItem(OWNER_KEY, accountId);

/** The address under which notifications for this account come to this browser; null where none do. */
export async function endpointOf(accountId: string): Promise<string | null> {
  if (localStorage.getItem(OWNER_KEY) !== accountId) return null;
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  return subscription?.endpoint ?? null;
}

export async function unsubscribe(): Promise<void> {
  localStorage.removeItem(OWNER_KEY);
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
