// Reads fuzz-runner's lines from standard input, makes the same calls in this engine and prints
// each difference: "DIFFERS path: call … : ours | theirs". The last line counts:
// "N compared, N differing, N skipped" (skipped: this engine refuses the module).
//
// With "guard" as argument (memory accesses checked by the MMU), what differs after a memory access
// has trapped is "STATE path: …" and no difference: code generation takes a load
// for something that always succeeds, so that a store before it may not have happened yet.
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

const guard = process.argv[2] === 'guard';
let compared = 0, differing = 0, skipped = 0;
function compare(path, lines) {
  let trapped = false;
  const differs = (what) => {
    console.log(`${trapped ? 'STATE' : 'DIFFERS'} ${path}: ${what}`);
    if (!trapped) ++differing;
  };
  let module;
  try {
    module = new WebAssembly.Module(fs.readFileSync(path));
  } catch (error) {
    if (lines[0]?.startsWith('refused')) { ++compared; return; }  // both refuse
    ++skipped;
    return;
  }
  let instance;
  // Globals are zero or null; the runner supplies the same.
  const imports = {};
  for (const item of WebAssembly.Module.imports(module)) {
    if (item.kind !== 'global') { ++skipped; return; }
    try {
      const zero = item.type.value === 'i64' ? 0n : /ref/.test(item.type.value) ? null : 0;
      (imports[item.module] ??= {})[item.name] = new WebAssembly.Global(item.type, zero);
    } catch { ++skipped; return; }
  }
  const bad = lines.find((line) => /^(refused|not |died)/.test(line));
  if (bad !== undefined) { ++compared; return differs(`${bad} (after: ${lines.at(-2) ?? ''})`); }
  try {
    instance = new WebAssembly.Instance(module, imports);
  } catch (error) {
    ++compared;
    const ours = lines[0]?.startsWith('start = ') ? ourOutcome(lines[0].slice(8)) : 'instantiated';
    if (error instanceof WebAssembly.LinkError) { --compared; ++skipped; return; }
    if (ours !== outcomeOf(error)) differs(`instantiation: ${ours} | ${outcomeOf(error)}`);
    return;
  }
  ++compared;
  for (const line of lines) {
    const [left, right] = line.split(' =');
    const words = left.split(' ');
    const ours = ourOutcome((right ?? '').trim());
    if (words[0] === 'start') return differs(`${line} | instantiated`);
    let theirs;
    if (words[0] === 'memory') {
      const memory = instance.exports[words[1]];
      theirs = `${memory.buffer.byteLength} ${hash(memory)}`;
    } else {
      try {
        const result = instance.exports[words[1]](...words.slice(2).map(toValue));
        const types = ours === '' || ours.startsWith('trap') ? [] : ours.split(' ').map((value) => value.split(':')[0]);
        const values = result === undefined ? [] : types.length > 1 ? [...result] : [result];
        theirs = types.length === 0 && values.length > 0 ? 'returned' : values.map((value, i) => toText(types[i], value)).join(' ');
      } catch (error) {
        theirs = outcomeOf(error);
      }
    }
    // How deep a stack is differs; what follows may depend on it.
    if (ours === 'trap: stack' || theirs === 'trap: stack') return;
    if (ours !== theirs) return differs(`${left} = ${ours} | ${theirs}`);
    if (guard && ours === 'trap: memory') trapped = true;
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
