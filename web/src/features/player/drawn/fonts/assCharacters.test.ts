import { expect, it } from 'vitest';
import { lackingByFont } from './assCharacters';

const HEAD = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20
Style: 標題,@Microsoft YaHei,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;

function lacking(...lines: string[]) {
  const events = lines.map((line) => `Dialogue: 0,0:00:01.00,0:00:02.00,${line}`);
  const found = lackingByFont(HEAD + events.join('\r\n'));
  return Object.fromEntries([...found].map(([font, characters]) => [font, String.fromCodePoint(...characters)]));
}

it('finds nothing in what the default font draws', () => {
  expect(lacking('Default,,0,0,0,,Åse, Ωμέγα, Борис, שלום… “♪”\u200b')).toEqual({});
});

it('reads the text alone, commas included', () => {
  expect(lacking('標題,姓,0,0,0,效果,你, 好', 'Default,,0,0,0,,ok{注意}')).toEqual({ 'microsoft yahei': '你好' });
  expect(lackingByFont(`${HEAD}Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,你`).size).toBe(0);
});

it('follows fonts and styles within a line', () => {
  expect(lacking('Default,,0,0,0,,一{\\b1\\fnSimHei}二{\\fn}三{\\r標題}四{\\fnSimHei}五{\\fn}六{\\r}七')).toEqual({
    arial: '一三七',
    simhei: '二五',
    'microsoft yahei': '四六',
  });
});

it('takes the default style for one that does not exist, and characters beyond 16 bits as one', () => {
  expect(lacking('Other,,0,0,0,,𠮷')).toEqual({ arial: '𠮷' });
});
