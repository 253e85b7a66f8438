// Checks the objects of the Prometheus operator among those of a JSON list on standard input by the operator's schemas.
// node operator-kinds.mjs <module of @kubernetes-models/prometheus-operator> <objects.json
import { readFileSync } from 'node:fs';

const models = await import(process.argv[2]);
/** @type {({ apiVersion?: string, kind: string, metadata?: { name?: string } } | null)[]} */
const objects = JSON.parse(readFileSync(0, 'utf8'));
for (const object of objects) {
  if (object?.apiVersion !== 'monitoring.coreos.com/v1') continue;
  const name = `${object.kind} ${object.metadata?.name ?? ''}`;
  const Model = models[object.kind];
  try {
    if (!Model) throw new Error('there is no such kind');
    new Model(object).validate();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
