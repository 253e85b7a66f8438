// Names of the categories of rooms.
import type { CategoryJson } from '../api/gen/syncwatch/room/v1/settings_pb';

export const CATEGORIES: readonly (readonly [CategoryJson, string])[] = [
  ['CATEGORY_FILMS', 'Films'],
  ['CATEGORY_SERIES', 'Series'],
  ['CATEGORY_ANIME', 'Anime'],
  ['CATEGORY_MUSIC', 'Music'],
  ['CATEGORY_SPORT', 'Sport'],
  ['CATEGORY_GAMES', 'Games'],
  ['CATEGORY_LEARNING', 'Learning'],
  ['CATEGORY_SHORTS', 'Short videos'],
  ['CATEGORY_OTHER', 'Other'],
];
