import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Live } from './live.ts';
import type { Session, SessionState } from './session.ts';
import type { AuthClient } from './sign-in/auth-client.ts';

/** What main.tsx opened once, for everything below it. The graph over HTTP travels in urql's own context. */
type Services = { readonly session: Session; readonly live: Live; readonly auth: AuthClient };

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('The page was drawn outside ServicesContext; wrap it in main.tsx.');
  return services;
}

export function useSessionState(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, session.state);
}
