// Sigstore on this machine: a certificate authority, its log of certificates and the log of signatures, from Sigstore's own
// package for tests. The signatures are real; only the keys at the root are not those of the public instance.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from '@sigstore/mock';
import { attest } from 'sigstore';
import { ISSUER } from '../keyless.mjs';

const base64 = (/** @type {Uint8Array | ArrayBuffer} */ bytes) =>
  Buffer.from(/** @type {any} */ (bytes)).toString('base64');
const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/**
 * What Rekor stores of a proposed entry: of an envelope the hashes and signatures alone. The package stores it as proposed.
 * @param {any} entry
 */
function asLogged(entry) {
  if (entry.kind !== 'dsse') return entry;
  const { envelope, verifiers } = entry.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const hash = (/** @type {string | Buffer} */ bytes) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    ...entry,
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map((/** @type {any} */ { sig }, /** @type {number} */ index) => ({
        signature: sig,
        verifier: verifiers[index],
      })),
    },
  };
}

/** @param {import('node:test').TestContext} context @param {string} rootFile where the keys to trust are written */
export async function sigstore(context, rootFile) {
  const ctlog = await initializeCTLog(keyPair());
  const ca = await initializeCA(keyPair(), ctlog);
  /** @type {Map<string | undefined, import('@sigstore/mock').HandlerFn>} */
  const handlers = new Map();
  const server = createServer(async (request, response) => {
    const answer = await handlers.get(request.url)?.(await text(request));
    response.writeHead(answer?.statusCode ?? 404, { 'Content-Type': answer?.contentType ?? 'text/plain' });
    response.end(answer?.response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const tlog = await initializeTLog(url, keyPair());
  const [authority, records] = [fulcioHandler(ca), rekorHandler(tlog)];
  handlers.set(authority.path, authority.fn);
  handlers.set(records.path, (body) => records.fn(JSON.stringify(asLogged(JSON.parse(body)))));

  const start = { start: new Date(Date.now() - 60_000).toISOString() };
  const log = (/** @type {any} */ key, /** @type {any} */ id) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: start },
    logId: { keyId: base64(id) },
  });
  writeFileSync(
    rootFile,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [log(tlog.publicKey, createHash('sha256').update(tlog.publicKey).digest())],
      ctlogs: [log(ctlog.publicKey, ctlog.logID)],
      certificateAuthorities: [
        {
          subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
          uri: url,
          certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate.buffer) }] },
          validFor: start,
        },
      ],
      timestampAuthorities: [],
    }),
  );

  /** What signs as this workflow. @param {string} identity @param {string} [issuer] */
  const signer = (identity, issuer = ISSUER) => {
    const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer, sub: identity, aud: 'sigstore', exp: Math.floor(Date.now() / 1000) + 600 };
    return { fulcioURL: url, rekorURL: url, identityToken: `${part({ alg: 'none' })}.${part(claims)}.x` };
  };
  return { signer };
}

/**
 * The attestation that GitHub makes of the subjects (actions/attest).
 * @param {import('sigstore').SignOptions} signer
 * @param {{ name: string, sum: string }[]} subjects
 * @param {{ repository: string, ref: string, commit: string, workflow?: string }} run
 */
export function attestation(signer, subjects, { repository, ref, commit, workflow = '.github/workflows/release.yml' }) {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: subjects.map(({ name, sum }) => ({ name, digest: { sha256: sum } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: { workflow: { ref, repository: `https://github.com/${repository}`, path: workflow } },
        resolvedDependencies: [{ uri: `git+https://github.com/${repository}@${ref}`, digest: { gitCommit: commit } }],
      },
      runDetails: { builder: { id: `https://github.com/${repository}/${workflow}@${ref}` } },
    },
  };
  return attest(Buffer.from(JSON.stringify(statement)), 'application/vnd.in-toto+json', signer);
}
