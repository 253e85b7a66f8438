// Writes the software bill of materials (CycloneDX 1.5): every crate of every program, every npm package of the web client.
//
//   scripts/release.sh sbom [FILE]
//
// Packages of Debian are not in it: the images carry a list of their own, made as they are built.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { git, isProgram, run, workspaceVersion } from './tree.mjs';

/** What is shipped: those of deny.toml. */
const TARGETS = ['x86_64-unknown-linux-gnu', 'aarch64-unknown-linux-gnu'];
const REPOSITORY = 'https://github.com/syncwatch/syncwatch';
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * @typedef {{ ref: string, dependsOn: string[] }} Dependency
 * @typedef {{ type: string, 'bom-ref': string, name: string, version: string, [field: string]: unknown }} Component
 * @typedef {{ id: string, name: string, version: string, license: string | null, source: string | null }} Package
 * @typedef {{ packages: Package[], workspace_members: string[], resolve: { nodes: { id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }[] } }} Metadata
 */

/** @param {string} target @returns {Metadata} */
function metadata(target) {
  const args = ['metadata', '--format-version', '1', '--locked', '--filter-platform', target];
  return JSON.parse(execFileSync('cargo', args, { encoding: 'utf8', maxBuffer: MOST_BYTES }));
}

/** SHA-256 of the crates, by name and version. @param {string} lock */
function checksums(lock) {
  const entries = lock
    .split('[[package]]')
    .slice(1)
    .map((entry) => {
      const field = (/** @type {string} */ name) => new RegExp(`^${name} = "(.*)"$`, 'm').exec(entry)?.[1];
      return /** @type {[string, string | undefined]} */ ([`${field('name')}@${field('version')}`, field('checksum')]);
    });
  return new Map(entries);
}

/**
 * The crates that the programs consist of. Crates that only tests need are left out.
 * @param {Metadata[]} graphs @param {string[]} programs @param {Map<string, string | undefined>} sums
 */
export function crates(graphs, programs, sums) {
  /** @type {Map<string, { component: Component, dependsOn: Set<string> }>} */
  const found = new Map();
  for (const { packages, resolve, workspace_members } of graphs) {
    const byId = new Map(packages.map((entry) => [entry.id, entry]));
    const edges = new Map(resolve.nodes.map((node) => [node.id, node.deps]));
    const ref = (/** @type {string} */ id) => `pkg:cargo/${byId.get(id)?.name}@${byId.get(id)?.version}`;
    // Grows while it is read: a Set gives what is added during the loop, each once.
    const needed = new Set(workspace_members.filter((id) => programs.includes(byId.get(id)?.name ?? '')));
    for (const id of needed) {
      const entry = /** @type {Package} */ (byId.get(id));
      const known = found.get(ref(id)) ?? { component: component(entry, programs, sums), dependsOn: new Set() };
      found.set(ref(id), known);
      for (const { pkg, dep_kinds } of edges.get(id) ?? []) {
        if (dep_kinds.every(({ kind }) => kind === 'dev')) continue;
        needed.add(pkg);
        known.dependsOn.add(ref(pkg));
      }
    }
  }
  return found;
}

/** @param {Package} entry @param {string[]} programs @param {Map<string, string | undefined>} sums @returns {Component} */
function component({ name, version, license, source }, programs, sums) {
  const purl = `pkg:cargo/${name}@${version}`;
  const sum = sums.get(`${name}@${version}`);
  return {
    type: programs.includes(name) ? 'application' : 'library',
    'bom-ref': purl,
    name,
    version,
    // Crates of old write MIT/Apache-2.0.
    ...(license && { licenses: [{ expression: license.replaceAll('/', ' OR ') }] }),
    ...(sum && { hashes: [{ alg: 'SHA-256', content: sum }] }),
    ...(source && { purl }),
  };
}

/** What npm says of the web client, without tools of its build. @returns {{ components: Component[], dependencies: Dependency[], root: Component }} */
function webClient() {
  const args = [
    '--prefix',
    'web',
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--package-lock-only',
    '--omit',
    'dev',
    '--loglevel',
    'error',
  ];
  const bom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: MOST_BYTES }));
  // npm names a package that it did not install after its folder.
  const { name } = JSON.parse(readFileSync('web/package.json', 'utf8'));
  return { components: bom.components, dependencies: bom.dependencies, root: { ...bom.metadata.component, name } };
}

/** The names of the programs that images are made of. @param {string} dockerfile */
export function programNames(dockerfile) {
  return [...dockerfile.matchAll(/^COPY --from=programs \/programs\/([a-z-]+) /gm)].map(([, name]) => name).sort();
}

/** @param {string} root @returns {object} the whole document, equal for equal trees */
export function billOfMaterials(root) {
  const version = workspaceVersion(root);
  const revision = git(root, 'rev-parse', 'HEAD');
  const seconds = process.env.SOURCE_DATE_EPOCH ?? git(root, 'log', '-1', '--format=%ct');
  const programs = programNames(readFileSync('deploy/Dockerfile', 'utf8'));
  const rust = crates(TARGETS.map(metadata), programs, checksums(readFileSync('Cargo.lock', 'utf8')));
  const web = webClient();
  const product = `${REPOSITORY}@${version}`;

  const dependencies = [
    { ref: product, dependsOn: programs.map((name) => `pkg:cargo/${name}@${version}`) },
    ...[...rust].map(([ref, { dependsOn }]) => ({ ref, dependsOn: [...dependsOn].sort() })),
    ...web.dependencies,
  ];
  // The gateway embeds the web client.
  const gateway = dependencies.find(({ ref }) => ref === `pkg:cargo/gateway@${version}`);
  gateway?.dependsOn.push(web.root['bom-ref']);

  const byRef = (/** @type {Component} */ a, /** @type {Component} */ b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(Number(seconds) * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': product,
        name: 'syncwatch',
        version,
        licenses: [{ expression: 'AGPL-3.0-or-later' }],
        externalReferences: [{ type: 'vcs', url: REPOSITORY }],
        properties: [{ name: 'syncwatch:revision', value: revision }],
      },
    },
    components: [...[...rust.values()].map(({ component }) => component), web.root, ...web.components].sort(byRef),
    dependencies: dependencies.sort((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
}

if (isProgram(import.meta.url)) {
  await run(() => {
    const text = `${JSON.stringify(billOfMaterials(process.cwd()), null, 2)}\n`;
    if (process.argv[2]) writeFileSync(process.argv[2], text);
    else process.stdout.write(text);
  });
}
