const MOODS = [
  'Quiet',
  'Sunny',
  'Brave',
  'Clever',
  'Gentle',
  'Lucky',
  'Merry',
  'Swift',
  'Cosy',
  'Bright',
  'Calm',
  'Keen',
  'Jolly',
  'Witty',
  'Mellow',
  'Nimble',
];
const ANIMALS = [
  'Otter',
  'Heron',
  'Lynx',
  'Badger',
  'Panda',
  'Falcon',
  'Gecko',
  'Koala',
  'Marten',
  'Puffin',
  'Tapir',
  'Walrus',
  'Finch',
  'Ibex',
  'Robin',
  'Seal',
];

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? 'Friendly';
}

export function suggestName(random: () => number = Math.random): string {
  return `${pick(MOODS, random)} ${pick(ANIMALS, random)}`;
}
