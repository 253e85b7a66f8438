// Voice through a real coturn alone, as behind symmetric NAT and carrier NAT.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TONES, talkers, turnServer, twoInVoice, untilHears, ways } from '../lib/voice.mjs';

for (const [protocol, shown] of /** @type {const} */ ([
  ['udp', /through a relay/],
  ['tcp', /through a relay \(TCP\)/],
  ['tls', /through a relay \(TLS\)/],
]))
  test(`two people who reach each other through a relay alone, by ${protocol}`, async (t) => {
    await turnServer(t, protocol === 'udp' ? {} : { only: protocol });
    const voices = await talkers(t, { relay: true });
    const { host, mia } = await twoInVoice(voices);
    for (const page of [host, mia]) {
      const [way = '', ...others] = await ways(page);
      assert.ok(way.startsWith(`relay/${protocol} `) && others.length === 0, `${way} ${others}`);
    }
    await mia.getByRole('button', { name: 'Voice of' }).first().click();
    await mia.getByText(shown).waitFor();
    assert.deepEqual(voices.faults(), []);
  });

test('a relay that dies is replaced by the other one', async (t) => {
  const first = await turnServer(t, { index: 0 });
  const voices = await talkers(t, { relay: true });
  const { host, mia } = await twoInVoice(voices);
  const second = await turnServer(t, { index: 1 });
  const stopped = Date.now();
  await first.stop();
  // Only the search for another way, with a new list, finds the second one: it did not run when the voices met.
  for (const page of [host, mia])
    while (!(await ways(page)).some((way) => way.includes(`:${second.port}`))) await page.waitForTimeout(50);
  t.diagnostic(`on the other relay after ${Date.now() - stopped} ms`);
  await Promise.all([untilHears(host, [TONES.mia]), untilHears(mia, [TONES.host])]);
  assert.deepEqual(voices.faults(), []);
});
