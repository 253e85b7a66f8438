import { expect, it } from 'vitest';
import { type EmbedService, limits, SERVICES } from './services';

const ALL = Object.keys(SERVICES) as EmbedService[];

it.each(ALL)('lists the limits of %s', (service) => {
  const told = limits(service);
  expect(told.join(' ')).toContain(SERVICES[service].name);
  expect(told.join(' ')).toContain('quarter of a second');
  expect(told.join(' ')).toMatch(/Private, removed/);
});

it('warns of ads, and of a single speed', () => {
  const words = (service: EmbedService) => limits(service).join(' ');
  expect(words('youtube')).toContain('ads');
  expect(words('vimeo')).not.toContain('ads');
  expect(words('dailymotion')).toContain('only plays at normal speed');
  expect(words('dailymotion')).toContain('can’t be kept in sync');
});

it('has normal speed everywhere, and only origins with TLS', () => {
  for (const { rates, origin } of Object.values(SERVICES)) {
    expect(rates).toContain(1);
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(new URL(origin).origin).toBe(origin);
    expect(origin).toMatch(/^https:/);
  }
});
