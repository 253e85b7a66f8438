// Is a software bill of materials valid and complete?
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** The npm package of the web client, which the gateway embeds. */
const WEB_CLIENT = 'syncwatch-web';

/**
 * @param {string} text CycloneDX in JSON @param {string} version @param {string} revision the commit
 * @returns {Promise<string[]>} what is wrong with it
 */
export async function billFaults(text, version, revision) {
  const bom = JSON.parse(text);
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
  const invalid = await validator.validate(text);
  if (invalid) return [`it is not valid CycloneDX: ${JSON.stringify(invalid).slice(0, 500)}`];

  const faults = [];
  const product = bom.metadata?.component;
  if (product?.version !== version) faults.push(`it is that of ${product?.version}`);
  const made = product?.properties?.find(
    (/** @type {any} */ property) => property.name === 'syncwatch:revision',
  )?.value;
  if (made !== revision) faults.push(`it is that of the commit ${made}`);

  /** @type {Map<string, string[]>} */
  const edges = new Map(bom.dependencies?.map((/** @type {any} */ entry) => [entry.ref, entry.dependsOn ?? []]));
  const refs = new Map(bom.components?.map((/** @type {any} */ entry) => [entry['bom-ref'], entry]));
  const programs = edges.get(product?.['bom-ref']) ?? [];
  if (programs.length === 0) faults.push('it names no program');
  for (const ref of programs) {
    if (!refs.has(ref)) faults.push(`the program ${ref} is missing`);
    else if ((edges.get(ref) ?? []).length === 0) faults.push(`the program ${ref} has no parts`);
  }
  for (const [ref, parts] of edges) {
    const unknown = parts.find((part) => !refs.has(part));
    if (unknown) faults.push(`${unknown}, a part of ${ref}, is missing`);
  }
  const web = [...refs.values()].find(({ name }) => name === WEB_CLIENT);
  if (!web) faults.push('the web client is missing');
  else if ((edges.get(web['bom-ref']) ?? []).length === 0) faults.push('the web client has no parts');
  return faults;
}
