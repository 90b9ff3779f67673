import { v7 } from 'uuid';

/** A new id whose order is its time of birth (UUID version 7, RFC 9562): index pages stay warm. */
export const newId = (): string => v7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come from outside: whatever is no UUID is an unknown id, and must never reach a `uuid` column. */
export const isId = (value: string): boolean => UUID.test(value);
