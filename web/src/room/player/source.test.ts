import { expect, it } from 'vitest';
import { serviceOf, sourceFrom } from './source';

it('knows which player an item needs', () => {
  expect(serviceOf({ source: { embed: { service: 'EMBED_SERVICE_VIMEO', videoId: '76979871' } } })).toBe('vimeo');
  expect(serviceOf({ source: { direct: { url: 'https://example.org/film.mp4' } } })).toBeNull();
  expect(serviceOf(undefined)).toBeNull();
});

it('reads the source of an item', () => {
  expect(sourceFrom({ url: '/film', format: 'MEDIA_FORMAT_PROGRESSIVE' })).toEqual({
    url: '/film',
    format: 'progressive',
  });
  expect(sourceFrom({ url: '/live', format: 'MEDIA_FORMAT_HLS' })).toEqual({ url: '/live', format: 'hls' });
  const page = 'https://vimeo.com/76979871/8272103f6e';
  const embed = { service: 'EMBED_SERVICE_VIMEO', videoId: '76979871', hash: '8272103f6e' } as const;
  expect(sourceFrom({ url: page, format: 'MEDIA_FORMAT_EMBED', embed })).toEqual({
    url: page,
    format: 'embed',
    embed: { service: 'vimeo', videoId: '76979871', hash: '8272103f6e' },
  });
});

it('reports a service that the page does not know', () => {
  expect(() => sourceFrom({ format: 'MEDIA_FORMAT_EMBED', embed: { videoId: 'x' } })).toThrow('Reload');
});
