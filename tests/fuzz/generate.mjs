// Random modules in bulk: runs binaryen's wasm-opt (the npm package's program, which is WebAssembly)
// again and again in one process, so that its code is compiled once. Reads lines of JSON
// arrays of arguments from standard input, writes the exit status of each.
import fs from 'node:fs';
import readline from 'node:readline';
import vm from 'node:vm';
import { createRequire } from 'node:module';
import path from 'node:path';

const program = fs.realpathSync(process.argv[2]);
const source = fs.readFileSync(program, 'utf8').replace(/^#!.*\n/, '');
const script = new vm.Script(`(function (Module, require, __dirname, __filename, process, console) {${source}\n})`,
  { filename: program });
let compiled = null;

let fail = () => {};

function run(args) {
  return new Promise((resolve) => {
    fail = resolve;
    let status = 0;
    const quiet = { ...console, log() {}, warn() {}, error() {} };
    const module = {
      arguments: args,
      print() {},
      printErr() {},
      quit(code) { status = code; throw new Error('quit'); },
      onExit(code) { status = code; },
      onAbort() { resolve(134); },
      postRun() { resolve(status); },
      instantiateWasm(imports, receive) {
        // WebAssembly.Module is made by the program's own bytes the first time.
        const make = async () => {
          compiled ??= await WebAssembly.compile(module.bytes ?? globalThis.__wasm);
          receive(await WebAssembly.instantiate(compiled, imports), compiled);
        };
        make().catch(() => resolve(1));
        return {};
      },
    };
    const fake = Object.create(process, {
      argv: { value: [process.argv[0], program, ...args] },
      exitCode: { value: 0, writable: true },
      on: { value() {} },
      exit: { value(code) { status = code; resolve(code); } },
    });
    try {
      script.runInThisContext()(module, createRequire(program), path.dirname(program), program, fake, quiet);
    } catch { resolve(status || 1); }
  });
}

// The program decodes its WebAssembly from its own text; taken out once.
globalThis.__wasm = (() => {
  const base64 = source.match(/findWasmBinary\(\)\{(?:var f="data:[^,"]*,|return base64Decode\(")([^"]*)"/);
  if (base64) return Buffer.from(base64[1], 'base64');
  const match = source.match(/function findWasmBinary\(\)\{return binaryDecode\(/);
  const start = match.index + match[0].length;
  const quote = source[start];
  let end = start + 1;
  while (source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
  const text = vm.runInThisContext(source.slice(start, end + 1));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = ~text.charCodeAt(i) >> 8 & text.charCodeAt(i);
  return bytes;
})();

// A program that aborts may throw outside of any promise of ours.
process.on('uncaughtException', () => fail(134));
process.on('unhandledRejection', () => fail(134));
for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(await run(JSON.parse(line)));
}
