// Reads fuzz-runner's lines from standard input, makes the same calls in this engine and prints
// each difference: "DIFFERS path: call … : ours | theirs". The last line counts:
// "N compared, N differing, N skipped" (skipped: this engine refuses the module).
//
// A module NUMBER.exnref.wasm is compared with NUMBER.wasm, of which it was translated: this
// engine may have the older form of exceptions only.
//
// All of memory and all globals are compared after traps too: a trap finds exactly the stores before it.
import fs from 'node:fs';
import readline from 'node:readline';

// What our trap sentences are in V8's words; several of ours can be one of its.
const kinds = [
  [/unreachable/, 'unreachable'],
  [/memory access|out of bounds memory|memory index/, 'memory'],
  [/divide by zero|remainder by zero/, 'divide by zero'],
  [/integer overflow|divide result unrepresentable|invalid conversion|float unrepresentable/, 'overflow'],
  [/null reference|null function|dereferencing a null|uninitialized element|type mismatch|signature mismatch|null exception/, 'reference'],
  [/table|undefined element|element segment/, 'table'],
  [/call stack|Maximum call stack/, 'stack'],
  [/unaligned/, 'unaligned'],
  [/shared memory|Atomics.wait/, 'shared'],
];
const kindOf = (text) => (kinds.find(([pattern]) => pattern.test(text)) ?? [0, text])[1];

const bits = new DataView(new ArrayBuffer(8));
function toValue(text) {
  const [type, value] = text.split(':');
  switch (type) {
    case 'i32': return Number(value) | 0;
    case 'i64': return BigInt.asIntN(64, BigInt(value));
    case 'f32': bits.setUint32(0, Number(value)); return bits.getFloat32(0);
    case 'f64': bits.setBigUint64(0, BigInt(value)); return bits.getFloat64(0);
    default: return null;
  }
}
// `type`: of our result, which the engine's value does not tell.
function toText(type, value) {
  switch (type) {
    case 'i32': return `i32:${value >>> 0}`;
    case 'i64': return `i64:${BigInt.asUintN(64, value)}`;
    case 'f32':
      if (Number.isNaN(value)) return 'f32:nan';
      bits.setFloat32(0, value);
      return `f32:${bits.getUint32(0)}`;
    case 'f64':
      if (Number.isNaN(value)) return 'f64:nan';
      bits.setFloat64(0, value);
      return `f64:${bits.getBigUint64(0)}`;
    default: return value === null ? 'ref:null' : 'ref:other';
  }
}
// A v128 cannot be passed to JavaScript: (module (func (import "" "log") (param i64 i64))
// (func (export "log") (param v128) (call 0 (i64x2.extract_lane 0 (local.get 0)) (…1 …)))).
const splitVector = new WebAssembly.Module(Uint8Array.from([
  0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 10, 2, 0x60, 2, 0x7E, 0x7E, 0, 0x60, 1, 0x7B, 0,
  2, 8, 1, 0, 3, 0x6C, 0x6F, 0x67, 0, 0, 3, 2, 1, 1, 7, 7, 1, 3, 0x6C, 0x6F, 0x67, 0, 1,
  10, 16, 1, 14, 0, 0x20, 0, 0xFD, 0x1D, 0, 0x20, 0, 0xFD, 0x1D, 1, 0x10, 0, 0x0B]));
let logged = [];
const log = (type) => (value) => { logged.push(`log ${toText(type, value)}`); };
const logFunctions = {
  'log-i32': log('i32'), 'log-i64': log('i64'), 'log-f32': log('f32'), 'log-f64': log('f64'),
  'log-v128': new WebAssembly.Instance(splitVector, { '': { log(low, high) {
    logged.push(`log v128:${BigInt.asUintN(64, low)}:${BigInt.asUintN(64, high)}`);
  } } }).exports.log,
};
function hash(memory) {
  const words = new Uint32Array(memory.buffer);
  let value = 2166136261;
  for (const word of words) value = Math.imul(value ^ word, 16777619);
  return value >>> 0;
}
function outcomeOf(error) {
  if (error instanceof WebAssembly.Exception) return 'trap: uncaught exception';
  return `trap: ${kindOf(String(error.message))}`;
}
const ourOutcome = (text) => (text.startsWith('trap: ') && text !== 'trap: uncaught exception'
  ? `trap: ${kindOf(text.slice(6))}` : text);

let compared = 0, differing = 0, skipped = 0;
function compare(path, lines) {
  const differs = (what) => {
    console.log(`DIFFERS ${path}: ${what}`);
    ++differing;
  };
  let module;
  try {
    module = new WebAssembly.Module(fs.readFileSync(path.replace('.exnref', '')));
  } catch (error) {
    if (lines[0]?.startsWith('refused')) { ++compared; return; }  // both refuse
    ++skipped;
    return;
  }
  let instance;
  // Globals are zero or null; the runner supplies the same.
  const imports = {};
  for (const item of WebAssembly.Module.imports(module)) {
    if (item.name in logFunctions) {
      (imports[item.module] ??= {})[item.name] = logFunctions[item.name];
      continue;
    }
    if (item.kind !== 'global') { ++skipped; return; }
    try {
      const zero = item.type.value === 'i64' ? 0n : /ref/.test(item.type.value) ? null : 0;
      (imports[item.module] ??= {})[item.name] = new WebAssembly.Global(item.type, zero);
    } catch { ++skipped; return; }
  }
  const bad = lines.find((line) => /^(refused|not |died)/.test(line));
  if (bad !== undefined) { ++compared; return differs(`${bad} (after: ${lines.at(-2) ?? ''})`); }
  logged = [];
  const started = lines.findIndex((line) => /^(call|memory|start) /.test(line));
  const before = lines.slice(0, started);
  const start = lines[started]?.startsWith('start ') ? ourOutcome(lines[started].slice(6)) : 'instantiated';
  let theirStart = 'instantiated';
  try {
    instance = new WebAssembly.Instance(module, imports);
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) { ++skipped; return; }
    theirStart = outcomeOf(error);
  }
  ++compared;
  if (start === 'trap: stack' || theirStart === 'trap: stack') return;
  if (start !== theirStart) return differs(`instantiation: ${start} | ${theirStart}`);
  const difference = firstDifference(before, logged);
  if (difference) return differs(`instantiation: ${difference}`);
  if (theirStart !== 'instantiated') return;
  for (let i = started; i >= 0 && i < lines.length; ++i) {
    if (lines[i].startsWith('memory ')) {
      const [left, ours] = lines[i].split(' = ');
      const memory = instance.exports[left.slice(7)];
      const theirs = `${memory.buffer.byteLength} ${hash(memory)}`;
      if (ours !== theirs) return differs(`${left}: ${ours} | ${theirs}`);
      continue;
    }
    const call = lines[i];
    const first = ++i;
    while (!lines[i].startsWith('result')) ++i;
    const ours = ourOutcome(lines[i].slice(7));
    logged = [];
    const theirs = callTheirs(instance, call.split(' ').slice(1), ours);
    // How deep a stack is differs; what follows may depend on it.
    if (ours === 'trap: stack' || theirs === 'trap: stack') return;
    const difference = firstDifference(lines.slice(first, i), logged);
    if (difference) return differs(`${call}: ${difference}`);
    if (ours !== theirs) return differs(`${call}: ${ours} | ${theirs}`);
  }
}

// Of what was logged; null if it is the same.
function firstDifference(ours, theirs) {
  const i = ours.findIndex((line, k) => line !== theirs[k]);
  if (i >= 0) return `${ours[i]} | ${theirs[i] ?? 'nothing logged'}`;
  return theirs.length > ours.length ? `nothing logged | ${theirs[ours.length]}` : null;
}

function callTheirs(instance, [name, ...parameters], ours) {
  try {
    const result = instance.exports[name](...parameters.map(toValue));
    const types = ours === '' || ours.startsWith('trap') ? [] : ours.split(' ').map((value) => value.split(':')[0]);
    const values = result === undefined ? [] : types.length > 1 ? [...result] : [result];
    return types.length === 0 && values.length > 0 ? 'returned' : values.map((value, i) => toText(types[i], value)).join(' ');
  } catch (error) {
    return outcomeOf(error);
  }
}

let path = null, lines = [];
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.startsWith('module ')) {
    path = line.slice(7);
    lines = [];
  } else if (line === 'end') {
    compare(path, lines);
  } else if (line !== '') {
    lines.push(line);
  }
}
console.log(`${compared} compared, ${differing} differing, ${skipped} skipped`);
