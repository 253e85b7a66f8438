// The measured system, as people run it: `syncwatch up` on free ports with its own data folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** @param {string} program @param {Record<string, string>} [settings] in addition, as environment variables */
export async function startSystem(program, settings = {}) {
  const folder = await mkdtemp(`${os.tmpdir()}/syncwatch-bench-`);
  const [port] = await freePorts(1);
  const child = spawn(program, ['up', '--listen', `127.0.0.1:${port}`, '--data-dir', folder], {
    env: {
      ...process.env,
      // All people of a measurement, and the film, are on this machine.
      SYNCWATCH_LIMITS__TRUSTED_NETWORKS: '["127.0.0.0/8"]',
      SYNCWATCH_MEDIA__ALLOW_PRIVATE_NETWORKS: '["127.0.0.0/8"]',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (output = (output + text).slice(-20_000)));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      clearTimeout(timer);
    }
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_WITHIN_MS;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, stop };
}

/** @param {number} port */
async function isReady(port) {
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (reply) => reply.ok,
    () => false,
  );
}

/** @param {number} count */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => /** @type {net.AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
