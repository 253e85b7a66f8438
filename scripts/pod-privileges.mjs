// Checks that every pod among the objects of a JSON list on standard input runs with the least privileges: not as root, no
// way to escalate, a read-only root file system, no token of the Kubernetes API, single keys of a Secret.
import { readFileSync } from 'node:fs';

/**
 * @typedef {Record<string, unknown>} Fields
 * @typedef {{ name: string, securityContext?: Fields, resources?: { limits?: Fields } }} Container
 * @typedef {{ name: string, hostPath?: Fields, secret?: { items?: Fields[] } }} Volume
 * @typedef {Fields & { securityContext?: Fields, containers: Container[], initContainers?: Container[], volumes?: Volume[] }} Pod
 * @typedef {{ kind: string, metadata: { name: string }, spec?: { template?: { spec?: Pod } } }} Kubernetes
 */

/** @type {(Kubernetes | null)[]} */
const objects = JSON.parse(readFileSync(0, 'utf8'));
for (const object of objects) {
  const pod = object?.spec?.template?.spec;
  if (!pod) continue;
  /** @param {string} what */
  const complain = (what) => {
    console.error(`${object.kind} ${object.metadata.name}: ${what}`);
    process.exitCode = 1;
  };
  /** @type {(found: Fields | undefined, wanted: Fields, where: string) => void} */
  const requireAll = (found, wanted, where) => {
    for (const [key, value] of Object.entries(wanted).map(([key, value]) => [key, JSON.stringify(value)])) {
      if (JSON.stringify(found?.[key]) !== value) complain(`${where}.${key} must be ${value}`);
    }
  };
  requireAll(pod, { automountServiceAccountToken: false }, 'spec');
  requireAll(
    pod.securityContext,
    { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    'securityContext',
  );
  for (const { name, securityContext, resources } of [...pod.containers, ...(pod.initContainers ?? [])]) {
    const wanted = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
    requireAll(securityContext, wanted, `${name}.securityContext`);
    if (!resources?.limits?.memory) complain(`${name} has no limit of memory`);
  }
  for (const { name, hostPath, secret } of pod.volumes ?? []) {
    if (hostPath) complain(`volume ${name} is a folder of the node`);
    if (secret && !secret.items?.length) complain(`volume ${name} shows a whole Secret`);
  }
}
