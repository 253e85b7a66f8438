// Completes package-lock.json with the platform packages that npm left out.
//
//   node scripts/complete-lock.mjs FOLDER...            after `npm install` changed a lock file
//   node scripts/complete-lock.mjs --check FOLDER...    exit 1 when one is incomplete
//
// When the registry in use does not carry, say, the macOS build of a tool, `npm install` writes a lock
// file without it, and `npm ci` then refuses that file on every machine. The missing entries follow from
// the parent: its optionalDependencies name the exact version, and the name says the platform.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
/** @type {Record<string, string>} */
const PROCESSORS = {
  x64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
  arm: 'arm',
  armv7: 'arm',
  ia32: 'ia32',
  loong64: 'loong64',
  mips64el: 'mips64el',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  wasm32: 'wasm32',
};
/** @type {Record<string, string>} */
const LIBC = { gnu: 'glibc', musl: 'musl' };

/** @typedef {{ dev?: boolean, optionalDependencies?: Record<string, string> }} Package */

/** @param {string} name @param {string} version @param {Package} parent */
function entryFor(name, version, parent) {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.map((word) => PROCESSORS[word]).filter(Boolean);
  const libc = words.map((word) => LIBC[word]).filter(Boolean);
  // An entry without a platform would be installed everywhere, so add none.
  if (os.length + cpu.length === 0) return null;
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(parent.dev && { dev: true }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

/** @param {Record<string, Package>} packages */
function missingFrom(packages) {
  /** @type {Record<string, object>} */
  const missing = {};
  for (const [at, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const top = `node_modules/${name}`;
      if (packages[top] || packages[`${at}/node_modules/${name}`]) continue;
      const entry = entryFor(name, version, parent);
      if (entry) missing[top] = entry;
    }
  }
  return missing;
}

const check = process.argv[2] === '--check';
const folders = process.argv.slice(check ? 3 : 2);
if (folders.length === 0) {
  console.error('complete-lock: name the folders that hold a package-lock.json');
  process.exit(2);
}
for (const folder of folders) {
  const path = join(folder, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingFrom(lock.packages);
  const names = Object.keys(missing);
  if (names.length === 0) {
    console.log(`complete-lock: ${path}: complete`);
  } else if (check) {
    console.error(
      `complete-lock: ${path} lacks ${names.length} platform packages: run node scripts/complete-lock.mjs ${folder}`,
    );
    process.exitCode = 1;
  } else {
    const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
    lock.packages = Object.fromEntries(sorted);
    writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`complete-lock: ${path}: added ${names.length} platform packages`);
  }
}
