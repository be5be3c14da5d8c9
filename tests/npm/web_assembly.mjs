// The interface WebAssembly of JavaScript (https://webassembly.github.io/spec/js-api/) on Tenon: modules
// are compiled by $TENONC, once, into the folder $TENON_AOT_DIRECTORY, and run by engine.cc. As much of it
// as packages use that do not start threads.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const engine = createRequire(import.meta.url)(process.env.TENON_ENGINE);
const directory = process.env.TENON_AOT_DIRECTORY;
const KINDS = ['function', 'table', 'memory', 'global', 'tag'];
const LETTERS = { i32: 'i', i64: 'I', f32: 'f', f64: 'F', externref: 'r', anyfunc: 'p', funcref: 'p' };
const V8 = globalThis.WebAssembly;

class CompileError extends Error {}
class LinkError extends Error {}
class RuntimeError extends Error {}

// Does what may run wasm code, and afterwards what the engine knows nothing of.
function guarded(work) {
  try {
    return work();
  } catch (error) {
    if (error?.code === 'TRAP') throw new RuntimeError(error.message);
    if (error?.code === 'LINK') throw new LinkError(error.message);
    throw error;
  } finally {
    detachGrown();
  }
}

// Memories whose buffer JavaScript has. When one has grown, its old buffer is detached at once, wherever JavaScript
// goes on: bindings look at the length of their old views to see whether they must make new ones.
const watched = new Set();
function detachGrown() {
  for (const memory of watched) memory.detachIfGrown();
}

// ---- values. References to what is JavaScript's are numbers to the engine, multiples of 8.
const objects = [], numbers = new Map();
function numberOf(value) {
  if (value === null) return 0;
  if (!numbers.has(value)) numbers.set(value, objects.push(value) * 8);
  return numbers.get(value);
}
const functions = new Map();  // by their records' numbers, and back
const records = new WeakMap();
function functionAt(record) {
  if (record === 0) return null;
  if (functions.has(record)) return functions.get(record);
  const type = engine.typeOf(record);
  const [parameters, results] = type.split('>');
  const made = (...values) => {
    const cells = new Array(parameters.length);
    for (let i = 0; i < parameters.length; ++i) cells[i] = toCell(parameters[i], values[i]);
    const result = guarded(() => engine.call(record, type, cells));
    if (results.length > 1) return result.map((cell, i) => fromCell(results[i], cell));
    return results.length === 1 ? fromCell(results, result) : undefined;
  };
  Object.defineProperty(made, 'length', { value: parameters.length });
  functions.set(record, made);
  records.set(made, { record, instance: 0 });
  return made;
}
function recordOf(value) {
  if (value === null || value === undefined) return 0;
  const found = records.get(value);
  if (found === undefined) throw new TypeError('not a function of a WebAssembly module');
  return found.record;
}
function toCell(letter, value) {
  switch (letter) {
    case 'i': return value | 0;
    case 'I': return BigInt.asIntN(64, typeof value === 'boolean' ? BigInt(value) : value);
    case 'f': case 'F': return +value;
    case 'p': return recordOf(value);
    case 'r': return numberOf(value);
    default: throw new TypeError('a vector cannot be passed');
  }
}
function fromCell(letter, cell) {
  if (letter === 'p') return functionAt(cell);
  if (letter === 'r') return cell === 0 ? null : objects[cell / 8 - 1];
  if (letter === 'V') throw new TypeError('a vector cannot be passed');
  return cell;
}

// ---- the interface
class Module {
  constructor(source) {
    const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    const name = path.join(directory, crypto.createHash('sha256').update(bytes).digest('hex'));
    if (!fs.existsSync(`${name}.aot`)) {
      fs.writeFileSync(`${name}.wasm`, bytes);
      try {
        const flags = (process.env.TENONC_FLAGS ?? '--opt-level=1').split(' ').filter(Boolean);
        execFileSync(process.env.TENONC, [`${name}.wasm`, '-o', `${name}.aot`, ...flags], { stdio: 'pipe' });
      } catch (error) {
        throw new CompileError(String(error.stderr ?? error));
      }
    }
    this.bytes = bytes;
    this.handle = guarded(() => engine.open(`${name}.aot`));
  }
  static imports(module) {
    return engine.imports(module.handle).map(({ module: from, name, kind }) => ({ module: from, name, kind: KINDS[kind] }));
  }
  static exports(module) {
    return engine.exports(module.handle).map(({ name, kind }) => ({ name, kind: KINDS[kind] }));
  }
  static customSections(module, wanted) {
    const { bytes } = module, found = [];
    let at = 8;
    const number = () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const id = bytes[at++], end = number() + at;
      if (id === 0) {
        const size = number(), name = Buffer.from(bytes.subarray(at, at + size)).toString();
        if (name === wanted) found.push(bytes.slice(at + size, end).buffer);
      }
      at = end;
    }
    return found;
  }
}

class Memory {
  constructor(descriptor) {
    this.record = descriptor.record ??
      guarded(() => engine.makeMemory(descriptor.initial, descriptor.maximum ?? -1,
        descriptor.flags ?? (descriptor.shared ? engine.shared : 0)));
    this.cached = null;
  }
  get buffer() {
    if (this.cached === null) {
      this.cached = engine.buffer(this.record);
      watched.add(this);
    }
    return this.cached;
  }
  detach() {
    if (this.cached !== null) engine.detach(this.cached);
    this.cached = null;
    watched.delete(this);
  }
  detachIfGrown() {
    if (this.cached !== null && this.cached.byteLength !== engine.memorySize(this.record)) this.detach();
  }
  grow(pages) {
    const old = engine.growMemory(this.record, Number(pages));
    if (old < 0) throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    this.detach();  // also if it grew by nothing
    return old;
  }
}

class Table {
  constructor(descriptor, initial = null) {
    this.letter = descriptor.letter ?? LETTERS[descriptor.element];
    this.record = descriptor.record ?? guarded(() => engine.makeTable(descriptor.initial, descriptor.maximum ?? -1, descriptor.flags ?? 0));
    if (initial !== null) for (let i = 0; i < this.length; ++i) this.set(i, initial);
  }
  get length() { return engine.tableSize(this.record); }
  get(index) {
    const cell = engine.tableGet(this.record, Number(index));
    if (cell === undefined) throw new RangeError('WebAssembly.Table.get(): invalid address');
    return fromCell(this.letter, cell);
  }
  set(index, value = this.letter === 'p' ? null : undefined) {
    if (!engine.tableSet(this.record, Number(index), toCell(this.letter, value)))
      throw new RangeError('WebAssembly.Table.set(): invalid address');
  }
  grow(count, value = this.letter === 'p' ? null : undefined) {
    const old = engine.tableGrow(this.record, Number(count), toCell(this.letter, value));
    if (old < 0) throw new RangeError('WebAssembly.Table.grow(): failed to grow table');
    return old;
  }
}

class Global {
  constructor(descriptor, value) {
    this.letter = descriptor.letter ?? LETTERS[descriptor.value];
    this.record = descriptor.record ?? engine.makeGlobal();
    if (descriptor.record === undefined) this.value = value ?? (this.letter === 'I' ? 0n : this.letter === 'p' ? null : 0);
  }
  get value() { return fromCell(this.letter, engine.globalGet(this.record, this.letter)); }
  set value(value) { engine.globalSet(this.record, this.letter, toCell(this.letter, value)); }
  valueOf() { return this.value; }
}

class Tag {
  constructor(descriptor) { this.record = descriptor.record ?? engine.makeTag(); }
}

// Records that were exported once have one object for good.
const shown = new Map();
function show(kind, record, letter) {
  if (kind === 0) return functionAt(record);
  if (!shown.has(record)) {
    const Type = [null, Table, Memory, Global, Tag][kind];
    const made = new Type({ record, letter });
    shown.set(record, made);
  }
  return shown.get(record);
}

class Instance {
  constructor(module, imports = {}) {
    const supplied = engine.imports(module.handle).map(({ module: from, name, kind, type }) => {
      const value = imports[from]?.[name];
      if (kind === 0) {
        if (typeof value !== 'function') throw new LinkError(`import ${from}.${name} is no function`);
        const known = records.get(value);
        if (known) return [known.record, known.instance];
        const result = type.split('>')[1];
        const parameters = type.split('>')[0];
        return (...cells) => {
          detachGrown();
          const answer = value(...cells.map((cell, i) => fromCell(parameters[i], cell)));
          return result === '' ? undefined : toCell(result, answer);
        };
      }
      if (kind === 3 && (value === null || typeof value !== 'object')) {
        return [new Global({ letter: type }, value).record, 0];
      }
      if (value?.record === undefined) throw new LinkError(`import ${from}.${name} is no ${KINDS[kind]}`);
      shown.set(value.record, value);
      return [value.record, value.instance ?? 0];
    });
    const instance = guarded(() => engine.instantiate(module.handle, supplied));
    const exports = Object.create(null);
    for (const { name } of engine.exports(module.handle)) {
      const [kind, record, letter] = engine.find(instance, name);
      exports[name] = show(kind, record, letter);
      if (kind === 0) records.set(exports[name], { record, instance });
    }
    this.exports = Object.freeze(exports);
  }
}

async function bytesOf(source) {
  const response = await source;
  return response instanceof Response ? response.arrayBuffer() : response;
}
async function instantiate(source, imports) {
  if (source instanceof Module) return new Instance(source, imports);
  const module = new Module(source);
  return { module, instance: new Instance(module, imports) };
}

// An instance of a module all of whose imports are there, and whose imported functions throw.
export function instantiateAlone(module) {
  const imports = {};
  for (const { module: from, name, kind, type, ...limits } of engine.imports(module.handle)) {
    (imports[from] ??= {})[name] = kind === 0 ? () => { throw new Error(`${from}.${name} was called`); }
      : kind === 1 ? new Table({ letter: type, ...limits }) : kind === 2 ? new Memory(limits)
        : kind === 3 ? new Global({ letter: type }) : undefined;
  }
  return new Instance(module, imports);
}

export const WebAssembly = {
  Module, Instance, Memory, Table, Global, Tag, CompileError, LinkError, RuntimeError,
  Exception: V8.Exception,
  validate: (bytes) => V8.validate(bytes),
  compile: async (source) => new Module(source),
  instantiate,
  compileStreaming: async (source) => new Module(await bytesOf(source)),
  instantiateStreaming: async (source, imports) => instantiate(await bytesOf(source), imports),
};
