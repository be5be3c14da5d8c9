// When a memory grows, JavaScript's old buffer of it is detached before JavaScript runs on, however it grew.
//   node stale_buffers.mjs v8
//   node stale_buffers.mjs tenon         with $TENON_ENGINE as web_assembly.mjs wants it
// Prints the same for both, a line for each way of growing: length of the old view, of the new buffer.
const { WebAssembly: W } = process.argv[2] === 'tenon' ? await import('./web_assembly.mjs') : globalThis;

// ---- two modules, byte by byte
const text = (characters) => [characters.length, ...Buffer.from(characters)];
const section = (id, ...bytes) => [id, bytes.length, ...bytes];
const body = (...code) => [code.length + 2, 0, ...code, 0x0b];
const module = (...sections) => Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
const growByParameter = [0x20, 0, 0x40, 0, 0x1a];
// (import "env" "look" (func (param i32))) (memory (export "memory") 1 9) and three functions that grow it.
const growing = module(
  section(1, 1, 0x60, 1, 0x7f, 0),
  section(2, 1, ...text('env'), ...text('look'), 0, 0),
  section(3, 3, 0, 0, 0),
  section(5, 1, 1, 1, 9),
  section(7, 4, ...text('memory'), 2, 0, ...text('grow'), 0, 1, ...text('look'), 0, 2, ...text('trap'), 0, 3),
  section(10, 3, ...body(...growByParameter), ...body(...growByParameter, 0x20, 0, 0x10, 0), ...body(...growByParameter, 0)));
// (import "env" "memory" (memory 1)) (start (func (drop (memory.grow (i32.const 1)))))
const growingAtStart = module(
  section(1, 1, 0x60, 0, 0), section(2, 1, ...text('env'), ...text('memory'), 2, 0, 1), section(3, 1, 0), section(8, 0),
  section(10, 1, ...body(0x41, 1, 0x40, 0, 0x1a)));

let view, memory;
const shown = (what) => console.log(`${what}: ${view.byteLength} / ${memory.buffer.byteLength}`);
const look = () => shown('in a function that wasm calls');
async function fresh() {
  const { instance } = await W.instantiate(growing, { env: { look } });
  memory = instance.exports.memory;
  view = new Uint8Array(memory.buffer);
  return instance.exports;
}

(await fresh()).grow(1);
shown('in wasm');

(await fresh()).look(2);
shown('after it');

try {
  (await fresh()).trap(1);
} catch (error) {
  shown(`before a trap (${error instanceof W.RuntimeError})`);
}

await fresh();
memory.grow(1);
shown('by JavaScript');

await fresh();
memory.grow(0);
shown('by nothing');

await fresh();
await W.instantiate(growingAtStart, { env: { memory } });
shown('by the start function of another instance');

const { grow } = await fresh();
grow(100);  // more than its maximum
const same = memory.buffer;
grow(100);
console.log(`not at all: ${view.byteLength} / ${memory.buffer.byteLength}, ${same === memory.buffer && same === view.buffer}`);
