#!/usr/bin/env node
// A plugin of buf. For each service it writes `rpc/<Service>.ts`: one constant for each method that has an HTTP binding,
// with the types of its request and its response. `services.ts` lists the services, `resources.ts` the resources that a
// WebSocket observes. Descriptors do not reach the bundle.
import { getOption } from '@bufbuild/protobuf';
import { createEcmaScriptPlugin, runNodeJs } from '@bufbuild/protoplugin';

/** @import { DescExtension, DescMessage, DescMethod } from '@bufbuild/protobuf' */
/** @import { GeneratedFile, Schema } from '@bufbuild/protoplugin' */
/** @typedef {{ verb: string, path: string, body: string }} Binding */
/** @typedef {{ http: DescExtension, access: DescExtension, cookie: DescExtension }} Options */

const VERBS = ['get', 'put', 'post', 'delete', 'patch'];
const ACCESS_PUBLIC = 1;

runNodeJs(createEcmaScriptPlugin({ name: 'protoc-gen-client', version: 'v1', generateTs }));

/** @param {Schema} schema */
function generateTs(schema) {
  const options = {
    http: extension(schema, 'google.api.http'),
    access: extension(schema, 'syncwatch.common.v1.access'),
    cookie: extension(schema, 'syncwatch.common.v1.cookie'),
  };
  writeResources(schema);
  const index = schema.generateFile('services.ts');
  for (const service of schema.files.flatMap((file) => file.services)) {
    const methods = service.methods.filter(
      (method) => method.methodKind === 'unary' && bindingOf(method, options) !== null,
    );
    if (methods.length === 0) continue;
    writeService(schema.generateFile(`rpc/${service.name}.ts`), methods, options);
    index.print(`export * as ${service.name} from "./rpc/${service.name}";`);
  }
}

/** @param {Schema} schema @param {string} name */
function extension(schema, name) {
  const found = schema.allFiles.flatMap((file) => file.extensions).find((one) => one.typeName === name);
  if (!found) throw new Error(`the contract has no option ${name}`);
  return found;
}

/** @param {GeneratedFile} file @param {DescMethod[]} methods @param {Options} options */
function writeService(file, methods, options) {
  file.print('import type { Rpc } from "../../rpc";');
  for (const method of methods) {
    const binding = /** @type {Binding} */ (bindingOf(method, options));
    const facts = {
      name: `${method.parent.typeName}/${method.name}`,
      verb: binding.verb,
      path: binding.path,
      ...flags(method, binding, options),
    };
    file.print();
    file.print(file.jsDoc(method));
    file.print(
      `export const ${method.localName}: Rpc<`,
      file.importJson(method.input),
      ', ',
      file.importJson(method.output),
      `> = ${JSON.stringify(facts)};`,
    );
  }
}

/** @param {DescMethod} method @param {Binding} binding @param {Options} options */
function flags(method, { body }, options) {
  const carriesCookie = [method.input, method.output].some((message) => hasCookie(message, options, new Set()));
  return {
    ...(body && { body }),
    ...(getOption(method, options.access) === ACCESS_PUBLIC && { isPublic: true }),
    ...(carriesCookie && { carriesCookie: true }),
  };
}

/** @param {DescMethod} method @param {Options} options @returns {Binding | null} */
function bindingOf(method, options) {
  const rule = /** @type {{ pattern?: { case?: string, value?: string }, body?: string }} */ (
    getOption(method, options.http)
  );
  const { case: verb = '', value: path = '' } = rule.pattern ?? {};
  if (!VERBS.includes(verb)) return null;
  return {
    verb: verb.toUpperCase(),
    path: withJsonNames(path, method.input),
    body: jsonName(rule.body ?? '', method.input),
  };
}

/** Names the variables of a path as JSON does: `{item_id}` becomes `{itemId}`. @param {string} path @param {DescMessage} input */
function withJsonNames(path, input) {
  return path.replaceAll(/\{([^}]*)\}/g, (_variable, /** @type {string} */ name) => `{${jsonName(name, input)}}`);
}

/** @param {string} name @param {DescMessage} input */
function jsonName(name, input) {
  if (name === '' || name === '*') return name;
  const field = input.fields.find((one) => one.name === name);
  if (!field) throw new Error(`${input.typeName} has no field ${name}, which its HTTP binding names`);
  return field.jsonName;
}

/** @param {DescMessage} message @param {Options} options @param {Set<string>} seen @returns {boolean} */
function hasCookie(message, options, seen) {
  if (seen.has(message.typeName)) return false;
  seen.add(message.typeName);
  return message.fields.some(
    (field) =>
      getOption(field, options.cookie) !== '' ||
      (field.message !== undefined && hasCookie(field.message, options, seen)),
  );
}

/** @typedef {{ snapshot: string, snapshotField: string, snapshotType: string, change: string, changeType: string }} Observed */

/**
 * For each resource that a WebSocket observes, the types of its snapshot and of its changes.
 * @param {Schema} schema
 */
function writeResources(schema) {
  const option = extension(schema, 'syncwatch.common.v1.resource');
  const resources = schema.files
    .flatMap((file) => file.enums)
    .find((one) => one.typeName === 'syncwatch.realtime.v1.Resource');
  if (!resources) throw new Error('the contract has no enum Resource');
  const file = schema.generateFile('resources.ts');
  file.print('export interface Resources {');
  for (const value of resources.values) {
    const observed = /** @type {Observed} */ (getOption(value, option));
    const snapshot = snapshotOf(schema, observed);
    const change = changeOf(schema, observed);
    if (!snapshot && !change) continue;
    file.print(`  ${value.name}: {`);
    if (snapshot) file.print('    snapshot?: ', file.importJson(snapshot), ';');
    if (change) file.print('    change?: ', file.importJson(change), ';');
    file.print('  };');
  }
  file.print('}');
}

/** @param {Schema} schema @param {Observed} observed */
function snapshotOf(schema, { snapshot, snapshotField, snapshotType }) {
  if (snapshotType) return messageNamed(schema, snapshotType);
  if (!snapshot) return null;
  const methods = schema.allFiles.flatMap((file) => file.services.flatMap((service) => service.methods));
  const method = methods.find((one) => `${one.parent.typeName}/${one.name}` === snapshot);
  if (!method) throw new Error(`the contract has no method ${snapshot}, which a resource names`);
  return snapshotField ? messageOf(method.output, snapshotField) : method.output;
}

/** @param {Schema} schema @param {Observed} observed */
function changeOf(schema, { change, changeType }) {
  if (changeType) return messageNamed(schema, changeType);
  return change ? messageOf(messageNamed(schema, 'syncwatch.room.v1.RoomEvent'), change) : null;
}

/** @param {Schema} schema @param {string} name */
function messageNamed(schema, name) {
  const found = schema.allFiles.flatMap((file) => file.messages).find((one) => one.typeName === name);
  if (!found) throw new Error(`the contract has no message ${name}`);
  return found;
}

/** @param {DescMessage} message @param {string} name */
function messageOf(message, name) {
  const field = message.fields.find((one) => one.name === name);
  if (!field?.message) throw new Error(`${message.typeName} has no message ${name}`);
  return field.message;
}
