import { expect, it } from 'vitest';
import { limits, SERVICES, type EmbedService } from './services';

const ALL = Object.keys(SERVICES) as EmbedService[];

it.each(ALL)('says in words what %s cannot do', (service) => {
  const told = limits(service);
  expect(told.join(' ')).toContain(SERVICES[service].name);
  expect(told.join(' ')).toContain('quarter of a second');
  expect(told.join(' ')).toMatch(/private, removed/);
});

it('warns of advertisements where there are some, and of one speed where there is no more', () => {
  const words = (service: EmbedService) => limits(service).join(' ');
  expect(words('youtube')).toContain('advertisements');
  expect(words('vimeo')).not.toContain('advertisements');
  expect(words('dailymotion')).toContain('normal speed only');
  expect(words('dailymotion')).toContain('cannot be kept in sync');
});

it('knows normal speed everywhere, and only origins with TLS', () => {
  for (const { rates, origin } of Object.values(SERVICES)) {
    expect(rates).toContain(1);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(new URL(origin).origin).toBe(origin);
    expect(origin).toMatch(/^https:/);
  }
});
