// Prints the schema of the DigitalOcean provider as JSON, in the shape of terraform-provider.proto, made from the types that are
// published as @cdktf/provider-digitalocean: its generated classes run on a library that only notes what they ask for.
//
// node terraform-schema.mjs <folder of @cdktf/provider-digitalocean>
import { readdirSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * @typedef {string | [string, unknown]} Type
 * @typedef {{ name: string, type: Type, required?: boolean, optional?: boolean, computed?: boolean, sensitive?: boolean }} Attribute
 * @typedef {{ attributes: Attribute[], blockTypes: Nested[] }} Block
 * @typedef {{ typeName: string, block: Block, nesting: string, minItems: number, maxItems: number }} Nested
 * @typedef {{ isBlock: boolean, type: string, storageClassType: string, value: any }} Field
 */

const root = process.argv[2] ?? '';

// The types do not say it, the documentation of the provider does.
const SENSITIVE = new Set([
  'password',
  'uri',
  'private_uri',
  'ui_password',
  'ui_uri',
  'secret_key',
  'kube_config',
  'private_key',
  'user_data',
  'token',
]);

/** Whatever is asked of it: a stand-in for every configuration. @type {any} */
const anything = new Proxy(() => {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => '' : anything) });

/** Answers of getters: the name and type of an attribute. */
class Noted {
  constructor(/** @type {string} */ name, /** @type {Type} */ type) {
    Object.assign(this, { name, type });
  }
}

class Element {
  getStringAttribute = (/** @type {string} */ name) => new Noted(name, 'string');
  getNumberAttribute = (/** @type {string} */ name) => new Noted(name, 'number');
  getBooleanAttribute = (/** @type {string} */ name) => new Noted(name, 'bool');
  getListAttribute = (/** @type {string} */ name) => new Noted(name, ['list', 'string']);
  getNumberListAttribute = (/** @type {string} */ name) => new Noted(name, ['list', 'number']);
  getStringMapAttribute = (/** @type {string} */ name) => new Noted(name, ['map', 'string']);
  getNumberMapAttribute = (/** @type {string} */ name) => new Noted(name, ['map', 'number']);
}

class List {}

const mapOf = (/** @type {string} */ type) =>
  class extends Noted {
    constructor(/** @type {unknown} */ _, /** @type {string} */ name) {
      super(name, ['map', type]);
    }
  };

const library = {
  TerraformResource: Element,
  TerraformDataSource: Element,
  TerraformProvider: Element,
  ComplexObject: Element,
  ComplexList: List,
  StringMap: mapOf('string'),
  NumberMap: mapOf('number'),
  Fn: { tolist: (/** @type {any} */ noted) => new Noted(noted.name, ['set', noted.type[1]]) },
  Token: { asNumberList: (/** @type {unknown} */ noted) => noted },
  Tokenization: { isResolvable: () => false },
  canInspect: () => true,
  isComplexElement: () => false,
  stringToHclTerraform: () => true,
  numberToHclTerraform: () => true,
  booleanToHclTerraform: () => true,
  hashMapperHcl: () => () => true,
  // A block that may be repeated becomes a list of its fields, one that may not stays what its own function makes of it.
  listMapperHcl: (/** @type {(of: any) => any} */ map, /** @type {boolean} */ isBlock) => () =>
    isBlock ? [map(anything)] : true,
};

/** @type {any} */ (Module)._load = (
  (load) =>
  (/** @type {string} */ name, /** @type {unknown[]} */ ...rest) =>
    name === 'cdktf' ? library : load(name, ...rest)
)(/** @type {any} */ (Module)._load);
const require = createRequire(import.meta.url);

/** Names that an interface requires, in the spelling of Terraform. @type {(source: string, name: string) => Set<string>} */
function requiredOf(source, name) {
  const body =
    source.match(new RegExp(`export interface ${name} (?:extends [^{]*)?\\{\\n([\\s\\S]*?)\\n\\}`))?.[1] ?? '';
  return new Set(
    [...body.matchAll(/#(\w+) [^}]*\}(?:(?!readonly)[\s\S])*readonly \w+(\??):/g)]
      .filter((hit) => !hit[2])
      .map((hit) => hit[1] ?? ''),
  );
}

/** @type {(text: string) => Type} */
function settableType(text) {
  const [, element, container] = text.match(/^(string|number|boolean)(List|Set|Map)?$/) ?? [];
  if (!element) throw new Error(`the type ${text} is not known`);
  const type = element === 'boolean' ? 'bool' : element;
  return container ? [container.toLowerCase(), type] : type;
}

/** What one getter gives: an attribute, or a list of objects that the provider fills. @type {(given: any) => Attribute | undefined} */
function computed(given) {
  if (given instanceof Noted) return { .../** @type {any} */ (given), computed: true };
  if (!(given instanceof List)) return undefined;
  const { terraformAttribute: name, wrapsSet } = /** @type {any} */ (given);
  const fields = getters(/** @type {any} */ (given).get(0)).map(({ name, type }) => [name, type]);
  return { name, type: [wrapsSet ? 'set' : 'list', ['object', Object.fromEntries(fields)]], computed: true };
}

/** @type {(instance: any) => Attribute[]} */
function getters(instance) {
  const all = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(instance)));
  return all
    .filter(([name, { get }]) => get && name !== 'internalValue' && !name.endsWith('Input'))
    .flatMap(([name]) => computed(instance[name]) ?? []);
}

/** @type {(fields: Record<string, Field>, interfaceName: string, source: string, instance: any) => Block} */
function block(fields, interfaceName, source, instance) {
  const required = requiredOf(source, interfaceName);
  /** @type {Attribute[]} */
  const attributes = [];
  /** @type {Nested[]} */
  const blockTypes = [];
  for (const [name, field] of Object.entries(fields)) {
    if (field.isBlock) {
      const many = Array.isArray(field.value);
      const inner = field.storageClassType.replace(/List$/, '');
      const child = instance && nestedInstance(instance, name);
      blockTypes.push({
        typeName: name,
        block: block(many ? field.value[0] : field.value, inner, source, child),
        nesting: field.type === 'struct' ? 'SINGLE' : field.type.toUpperCase(),
        minItems: required.has(name) && field.type !== 'struct' ? 1 : 0,
        maxItems: many || field.type === 'struct' ? 0 : 1,
      });
    } else {
      const type = settableType(field.storageClassType);
      const container = field.type === 'set' && Array.isArray(type) ? /** @type {Type} */ (['set', type[1]]) : type;
      const isId = name === 'id' && !required.has(name);
      attributes.push({
        name,
        type: container,
        required: required.has(name),
        optional: !required.has(name),
        computed: isId,
      });
    }
  }
  const settable = new Set(Object.keys(fields));
  attributes.push(...(instance ? getters(instance) : []).filter(({ name }) => !settable.has(name)));
  for (const attribute of attributes) attribute.sensitive = SENSITIVE.has(attribute.name);
  return { attributes, blockTypes };
}

/** The object that stands for a block of `instance`. @type {(instance: any, name: string) => any} */
function nestedInstance(instance, name) {
  const key = name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const found = instance[key];
  return found instanceof List ? /** @type {any} */ (found).get(0) : found;
}

/** @type {{ provider: { block: Block }, resourceSchemas: Record<string, { block: Block }>, dataSourceSchemas: Record<string, { block: Block }> }} */
const schema = { provider: { block: { attributes: [], blockTypes: [] } }, resourceSchemas: {}, dataSourceSchemas: {} };
for (const folder of readdirSync(join(root, 'lib'), { withFileTypes: true })) {
  if (!folder.isDirectory()) continue;
  const source = readFileSync(join(root, 'lib', folder.name, 'index.d.ts'), 'utf8');
  for (const [name, Class] of Object.entries(require(join(root, 'lib', folder.name, 'index.js')))) {
    const type = Class.tfResourceType;
    if (!type) continue;
    const instance = new Class(anything, 'it', anything);
    const made = { block: block(instance.synthesizeHclAttributes(), `${name}Config`, source, instance) };
    if (folder.name === 'provider') {
      // An alias is Terraform's, not the provider's.
      made.block.attributes = made.block.attributes.filter((attribute) => attribute.name !== 'alias');
      schema.provider = made;
    } else if (folder.name.startsWith('data-')) {
      schema.dataSourceSchemas[type] = made;
    } else {
      schema.resourceSchemas[type] = made;
    }
  }
}
process.stdout.write(JSON.stringify(schema));
