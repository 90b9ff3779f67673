/** Shows what is pushed to this browser, and leads to the page it is about. It keeps nothing and fetches nothing. */

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  if (!event.data) return;
  const { title, body, url, topic } = event.data.json();
  // A newer one with the same topic takes the place of the older, without a sound.
  event.waitUntil(self.registration.showNotification(title, { body, tag: topic, data: { url }, icon: '/favicon.svg' }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.url));
});

/** In a window of the dashboard that is there, else in a new one. Only pages of the dashboard itself. */
async function show(url) {
  const page = new URL(url, self.location.origin);
  if (page.origin !== self.location.origin) return;
  const [open] = await self.clients.matchAll({ type: 'window' });
  if (!open) {
    await self.clients.openWindow(page.href);
    return;
  }
  await open.navigate(page.href);
  await open.focus();
}
