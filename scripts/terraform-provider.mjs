// A stand-in for the DigitalOcean provider, with its schema (terraform-schema.mjs) and without an account: Terraform checks names
// and types by it, and may plan and apply, whereby nothing is made. It does not know the rules that DigitalOcean has beyond types.
//
// node terraform-provider.mjs <folder with schema.json and node_modules>
//
// Prints the value of TF_REATTACH_PROVIDERS by which Terraform uses it, and serves until it is killed or its parent ends.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ name: string, type: any, computed?: boolean }} Attribute
 * @typedef {{ attributes: Attribute[], blockTypes: { block: Block }[] }} Block
 * @typedef {{ block: Block }} Schema
 * @typedef {{ request: { typeName: string, value: any, wantedState: any, rawState: any } }} Call
 * @typedef {(error: null, answer: object | Buffer) => void} Done
 */

const [types = ''] = process.argv.slice(2);
/** Packages of the folder, which have no types here. @type {(name: string) => any} */
const load = createRequire(join(types, 'package.json'));
const grpc = load('@grpc/grpc-js');
const { loadSync } = load('@grpc/proto-loader');
const { ExtData, decode, encode } = load('@msgpack/msgpack');

/** @type {{ provider: Schema, resourceSchemas: Record<string, Schema>, dataSourceSchemas: Record<string, Schema> }} */
const schema = JSON.parse(readFileSync(join(types, 'schema.json'), 'utf8'));

/** The protocol carries types as JSON. @type {(block: Block) => object} */
const blockOnWire = ({ attributes, blockTypes }) => ({
  attributes: attributes.map((attribute) => ({ ...attribute, type: Buffer.from(JSON.stringify(attribute.type)) })),
  blockTypes: blockTypes.map((nested) => ({ ...nested, block: blockOnWire(nested.block) })),
});
/** @type {(schemas: Record<string, Schema>) => object} */
const schemasOnWire = (schemas) =>
  Object.fromEntries(Object.entries(schemas).map(([name, { block }]) => [name, { block: blockOnWire(block) }]));
const schemaOnWire = {
  provider: { block: blockOnWire(schema.provider.block) },
  resourceSchemas: schemasOnWire(schema.resourceSchemas),
  dataSourceSchemas: schemasOnWire(schema.dataSourceSchemas),
};

// Terraform's encoding of a value that is not known yet.
const unknown = new ExtData(0, new Uint8Array([0]));
let ids = 1_000;

/** A value of the type, made up. @type {(name: string, type: any) => unknown} */
function sample(name, type) {
  if (name === 'id') return String(++ids);
  if (name.startsWith('ipv4_address')) return `203.0.113.${++ids % 250}`;
  if (type === 'string') return name.replaceAll('_', '-');
  if (type === 'number') return 1;
  return type === 'bool' ? true : type[0] === 'map' ? {} : [];
}

/** @type {(known: boolean, state: any, schema: Schema | undefined) => any} */
function fill(known, state, schema) {
  for (const { name, type, computed } of schema?.block.attributes ?? []) {
    const isOpen = state?.[name] === null || state?.[name] instanceof ExtData;
    if (computed && state && isOpen) state[name] = known ? sample(name, type) : unknown;
  }
  return state;
}

/** @type {(value: any) => any} */
const read = (value) => decode(value.msgpack);
/** @type {(value: any) => object} */
const written = (value) => ({ state: { msgpack: Buffer.from(encode(value)) } });
/** @type {(call: Call, done: Done) => void} */
const nothing = (_, done) => done(null, {});

const provider = {
  GetProviderSchema: (/** @type {Call} */ _, /** @type {Done} */ done) => done(null, schemaOnWire),
  ValidateProviderConfig: nothing,
  ValidateResourceConfig: nothing,
  ValidateDataResourceConfig: nothing,
  ConfigureProvider: nothing,
  UpgradeResourceState: (/** @type {Call} */ { request }, /** @type {Done} */ done) =>
    done(null, { state: { json: request.rawState.json } }),
  ReadResource: (/** @type {Call} */ { request }, /** @type {Done} */ done) => done(null, { state: request.value }),
  ReadDataSource: (/** @type {Call} */ { request }, /** @type {Done} */ done) =>
    done(null, written(fill(true, read(request.value), schema.dataSourceSchemas[request.typeName]))),
  PlanResourceChange: (/** @type {Call} */ { request }, /** @type {Done} */ done) =>
    done(null, written(fill(false, read(request.wantedState), schema.resourceSchemas[request.typeName]))),
  ApplyResourceChange: (/** @type {Call} */ { request }, /** @type {Done} */ done) =>
    done(null, written(fill(true, read(request.wantedState), schema.resourceSchemas[request.typeName]))),
  StopProvider: nothing,
};

const server = new grpc.Server({ 'grpc.max_send_message_length': -1 });
const definition = loadSync(fileURLToPath(new URL('terraform-provider.proto', import.meta.url)));
server.addService(definition['tfplugin6.Provider'], provider);
server.bindAsync(
  '127.0.0.1:0',
  grpc.ServerCredentials.createInsecure(),
  (/** @type {Error | null} */ error, /** @type {number} */ port) => {
    if (error) throw error;
    const reattach = {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: process.pid,
      // Terraform does not end it.
      Test: true,
      Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
    };
    console.log(JSON.stringify({ 'registry.terraform.io/digitalocean/digitalocean': reattach }));
  },
);

// A parent that was killed stops nobody.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 1_000).unref();
