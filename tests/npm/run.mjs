// Runs one entry of packages.mjs, and prints what it computes: run.mjs v8|tenon NAME. `run.mjs alone FILE`
// instantiates a package's module on Tenon, with imports that throw, and prints how many exports it has.
// `run.mjs list` prints the table for run.sh. Packages are found in the folder $TENON_PACKAGES.
//
// What packages ask of the world outside is the same in every run: time, random numbers.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { modules, packages } from './packages.mjs';

const [engine, name] = process.argv.slice(2);
if (engine === 'list') {  // kind, name, packages, whether large, what is expected
  for (const { name, from, large } of packages) console.log(['runs', name, from, large ? 'large' : '', ''].join('|'));
  for (const { file, from, large, exports } of modules)
    console.log(['alone', file, from, large ? 'large' : '', exports].join('|'));
  process.exit(0);
}
const root = path.resolve(process.env.TENON_PACKAGES, 'node_modules');
if (engine === 'alone') {
  const { WebAssembly, instantiateAlone } = await import('./web_assembly.mjs');
  const module = new WebAssembly.Module(fs.readFileSync(path.join(root, name)));
  console.log(Object.keys(instantiateAlone(module).exports).length);
  process.exit(0);
}
if (engine === 'tenon') globalThis.WebAssembly = (await import('./web_assembly.mjs')).WebAssembly;

delete Atomics.waitAsync;  // shared memories are ordinary ones to JavaScript here
let clock = 1.7e12;
Date.now = () => (clock += 1);
performance.now = () => (clock += 1) - 1.7e12;
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
Math.random = generator(88172645);
globalThis.crypto.getRandomValues = (array) => { for (let i = 0; i < array.length; ++i) array[i] = i * 37; return array; };

const require = createRequire(path.join(root, 'x.js'));
function digest(bytes) {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  let value = 2166136261;
  for (const byte of view) value = Math.imul(value ^ byte, 16777619);
  return `${view.length} bytes, ${(value >>> 0).toString(16)}`;
}
// A picture with edges, ramps and noise.
function picture(width, height) {
  const noise = generator(1234567);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, i = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, i += 4) {
      data[i] = x * 255 / width;
      data[i + 1] = (x ^ y) & 64 ? 200 : y;
      data[i + 2] = 128 + 60 * Math.sin(x / 9) + noise() * 9;
      data[i + 3] = 255;
    }
  }
  return { data, width, height, colorSpace: 'srgb' };
}
globalThis.ImageData ??= class ImageData {
  constructor(data, width, height) { Object.assign(this, { data, width, height: height ?? data.length / 4 / width }); }
};
const entry = packages.find((one) => one.name === name);
if (entry.browser) {  // what the package takes for one
  Object.assign(globalThis, { window: globalThis, self: globalThis, location: pathToFileURL(root), document: {} });
}
await entry.run({
  require, digest, picture, random: generator(42), print: (...values) => console.log(...values),
  file: (relative) => fs.readFileSync(path.join(root, relative)),
  path: (relative) => path.join(root, relative),
  load: (relative) => import(pathToFileURL(path.join(root, relative)).href),
});
process.exit(0);
