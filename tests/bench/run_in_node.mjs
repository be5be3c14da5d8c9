// Runs a WASI command module in node, so that V8 can be measured on the same
// module as the other engines: run_in_node.mjs MODULE ARGUMENT...
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [, , file, ...programArguments] = process.argv;
const wasi = new WASI({
  version: 'preview1',
  args: [file, ...programArguments],
  returnOnExit: true,
});
const { instance } = await WebAssembly.instantiate(readFileSync(file), wasi.getImportObject());
process.exitCode = wasi.start(instance);
