import { isLocalDate, providerNamed, providerSlug } from './signals.ts';

describe('a local date', () => {
  it.each(['2026-11-20', '2024-02-29', '1900-01-01', '2999-12-31'])('may be %s', (text) => {
    expect(isLocalDate(text)).toBe(true);
  });

  it.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '0050-01-01',
    '3000-01-01',
    '2026-1-1',
    '2026-11-20T00:00Z',
    '',
    'x',
  ])('may not be %p', (text) => {
    expect(isLocalDate(text)).toBe(false);
  });
});

describe('a provider', () => {
  it('is named in paths by its slug', () => {
    expect(providerSlug('GOOGLE_HEALTH')).toBe('google-health');
    expect(providerNamed('google-health')).toBe('GOOGLE_HEALTH');
    expect(providerNamed('GOOGLE_HEALTH')).toBeNull();
    expect(providerNamed('acme')).toBeNull();
  });
});
