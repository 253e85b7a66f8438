// Keyless signatures (Sigstore): a short-lived certificate names the workflow that signed, a public log holds the signature.
import { readFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { getTrustedRoot } from '@sigstore/tuf';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { Refusal } from './tree.mjs';

/** Who says that a workflow is that workflow. */
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** @typedef {{ identity: string, trustedRoot?: string }} Signer the workflow with its ref, and a file with the keys of Sigstore */

/**
 * Verifies a bundle.
 * @param {Buffer} json @param {Signer} signer
 * @param {Buffer} [signed] the bytes that were signed; a bundle with a statement has them inside
 * @returns {Promise<any>} the in-toto statement, if there is one
 */
export async function verifyBundle(json, { identity, trustedRoot }, signed) {
  const root = trustedRoot
    ? TrustedRoot.fromJSON(JSON.parse(readFileSync(trustedRoot, 'utf8')))
    : await getTrustedRoot();
  try {
    const bundle = bundleFromJSON(JSON.parse(json.toString()));
    const verifier = new Verifier(toTrustMaterial(root));
    const signer = verifier.verify(toSignedEntity(bundle, signed), { extensions: { issuer: ISSUER } });
    // By ourselves: a policy takes the identity as a pattern.
    const found = signer.identity?.subjectAlternativeName;
    if (found !== identity) throw new Refusal(`the signature is by ${found}, not by ${identity}`);
    const { content } = bundle;
    return content.$case === 'dsseEnvelope' ? JSON.parse(content.dsseEnvelope.payload.toString()) : undefined;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`the signature is not valid: ${error instanceof Error ? error.message : error}`);
  }
}
