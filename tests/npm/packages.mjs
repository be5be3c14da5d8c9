// The table of packages with WebAssembly that run.sh tries: what each is, what its modules need beyond
// the first version of WebAssembly, and something to compute with it, of which the results are printed.
//
// `large`: compiling takes minutes. `browser`: its JavaScript looks for one.
const round = (values, digits = 5) => Array.from(values, (value) => +value.toPrecision(digits));

export const packages = [
  {
    name: 'xxhash', from: 'xxhash-wasm@1.1.0', needs: '64-bit integers',
    async run({ require, print }) {
      const { h32, h64ToString } = await require('xxhash-wasm')();
      for (const text of ['', 'a', 'hello', 'x'.repeat(1000)]) print(h32(text), h64ToString(text, 7n));
    },
  },
  {
    name: 'hash-wasm', from: 'hash-wasm@4.13.0', needs: 'hand-written C',
    async run({ require, print }) {
      const hashes = require('hash-wasm');
      for (const name of ['md4', 'md5', 'sha1', 'sha256', 'sha512', 'sha3', 'keccak', 'blake2b', 'blake2s', 'blake3', 'ripemd160',
        'sm3', 'whirlpool', 'crc32', 'adler32', 'xxhash64', 'xxhash128']) {
        print(name, await hashes[name]('The quick brown fox jumps over the lazy dog'.repeat(99)));
      }
      const salt = new Uint8Array(16).fill(7);
      print(await hashes.argon2id({ password: 'secret', salt, parallelism: 2, iterations: 3, memorySize: 256, hashLength: 32, outputType: 'hex' }));
      print(await hashes.bcrypt({ password: 'secret', salt, costFactor: 5, outputType: 'encoded' }));
      print(await hashes.scrypt({ password: 'secret', salt, costFactor: 64, blockSize: 8, parallelism: 2, hashLength: 32 }));
    },
  },
  {
    name: 'argon2', from: 'argon2-browser@1.18.0', needs: 'SIMD',
    async run({ file, print, digest }) {
      // As its JavaScript does, without the part for browsers.
      const memory = () => exports.c.buffer;
      const { instance: { exports } } = await WebAssembly.instantiate(file('argon2-browser/dist/argon2-simd.wasm'), {
        a: { a: (to, from, count) => new Uint8Array(memory()).copyWithin(to, from, from + count), b: () => 0 },
      });
      const kinds = Object.entries(exports).filter(([, value]) => typeof value === 'function');
      print(kinds.map(([name, value]) => `${name}/${value.length}`).join(' '));
      exports.d();
      const [malloc] = kinds.filter(([, value]) => value.length === 1).map(([, value]) => value);
      print(malloc(100) > 0);
      const allocate = (text) => {
        const at = malloc(text.length + 1);
        new Uint8Array(memory()).set([...text, 0], at);
        return at;
      };
      const [, hash] = kinds.find(([, value]) => value.length === 13);
      const output = malloc(32);
      for (const type of [0, 1, 2]) {
        print(hash(2, 512, 1, allocate(Buffer.from('password')), 8, allocate(Buffer.from('somesalt')), 8, output, 32, 0, 0, type, 0x13),
          digest(new Uint8Array(memory(), output, 32)));
      }
    },
  },
  {
    name: 'argon2 (Rust)', from: '@rabbit-company/argon2id@2.1.0', needs: '',
    async run({ load, print }) {
      const Argon2id = (await load('@rabbit-company/argon2id/module/argon2id.js')).default;
      print(await Argon2id.hash('password', 'some salt of mine', 2, 512, 1, 32));
    },
  },
  {
    name: 'zstd', from: '@bokuweb/zstd-wasm@0.0.27', needs: '',
    async run({ require, print, digest, picture }) {
      const zstd = require('@bokuweb/zstd-wasm');
      await zstd.init();
      const bytes = new Uint8Array(picture(200, 100).data.buffer);
      for (const level of [1, 3, 19]) {
        const small = zstd.compress(bytes, level);
        print(digest(small), digest(zstd.decompress(small)));
      }
    },
  },
  {
    name: 'WebP', from: '@jsquash/webp@1.5.0', needs: 'SIMD',
    async run({ load, file, print, digest, picture }) {
      const encoder = await load('@jsquash/webp/encode.js'), decoder = await load('@jsquash/webp/decode.js');
      await encoder.init(new WebAssembly.Module(file('@jsquash/webp/codec/enc/webp_enc_simd.wasm')));
      await decoder.init(new WebAssembly.Module(file('@jsquash/webp/codec/dec/webp_dec.wasm')));
      for (const options of [{ quality: 75 }, { quality: 30, method: 6 }, { lossless: 1 }]) {
        const encoded = await encoder.default(picture(160, 120), options);
        print(digest(encoded), digest((await decoder.default(encoded)).data));
      }
    },
  },
  {
    name: 'JPEG', from: '@jsquash/jpeg@1.6.0', needs: '',
    async run({ load, file, print, digest, picture }) {
      const encoder = await load('@jsquash/jpeg/encode.js'), decoder = await load('@jsquash/jpeg/decode.js');
      await encoder.init(new WebAssembly.Module(file('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')));
      await decoder.init(new WebAssembly.Module(file('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')));
      for (const quality of [20, 90]) {
        const encoded = await encoder.default(picture(160, 120), { quality });
        print(digest(encoded), digest((await decoder.default(encoded)).data));
      }
    },
  },
  {
    name: 'PNG (Rust)', from: '@jsquash/png@3.1.1', needs: '',
    async run({ load, file, print, digest, picture }) {
      const encoder = await load('@jsquash/png/encode.js'), decoder = await load('@jsquash/png/decode.js');
      const module = new WebAssembly.Module(file('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'));
      await encoder.init(module);
      await decoder.init(module);
      const encoded = await encoder.default(picture(160, 120));
      print(digest(encoded), digest((await decoder.default(encoded)).data));
    },
  },
  {
    name: 'JPEG XL', from: '@jsquash/jxl@1.3.0', needs: '', large: true,
    async run({ load, file, print, digest, picture }) {
      const encoder = await load('@jsquash/jxl/encode.js'), decoder = await load('@jsquash/jxl/decode.js');
      await encoder.init(new WebAssembly.Module(file('@jsquash/jxl/codec/enc/jxl_enc.wasm')));
      await decoder.init(new WebAssembly.Module(file('@jsquash/jxl/codec/dec/jxl_dec.wasm')));
      const encoded = await encoder.default(picture(96, 64), { quality: 80, effort: 5 });
      print(digest(encoded), digest((await decoder.default(encoded)).data));
    },
  },
  {
    name: 'AVIF', from: '@jsquash/avif@2.1.1', needs: '', large: true,
    async run({ load, file, print, digest, picture }) {
      const encoder = await load('@jsquash/avif/encode.js'), decoder = await load('@jsquash/avif/decode.js');
      await encoder.init(new WebAssembly.Module(file('@jsquash/avif/codec/enc/avif_enc.wasm')));
      await decoder.init(new WebAssembly.Module(file('@jsquash/avif/codec/dec/avif_dec.wasm')));
      const encoded = await encoder.default(picture(96, 64), { quality: 60, speed: 8 });
      print(digest(encoded), digest((await decoder.default(encoded)).data));
    },
  },
  {
    name: 'TensorFlow.js', from: '@tensorflow/tfjs-backend-wasm@4.22.0 @tensorflow/tfjs-core@4.22.0', needs: 'SIMD',
    async run({ require, path, print, random }) {
      const tf = require('@tensorflow/tfjs-core');
      const backend = require('@tensorflow/tfjs-backend-wasm');
      backend.setWasmPaths(path('@tensorflow/tfjs-backend-wasm/wasm-out/'));
      globalThis.fetch = undefined;
      tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      await tf.setBackend('wasm');
      print(tf.getBackend());
      const numbers = (...shape) => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random() * 2 - 1), shape);
      const show = async (tensor) => print(tensor.shape, round(await tf.sum(tensor).data(), 4), round((await tensor.data()).slice(0, 6), 4));
      await show(tf.matMul(numbers(33, 70), numbers(70, 21)));
      const image = numbers(1, 24, 24, 8);
      await show(tf.conv2d(image, numbers(3, 3, 8, 16), 1, 'same'));
      await show(tf.depthwiseConv2d(image, numbers(3, 3, 8, 1), 2, 'valid'));
      await show(tf.maxPool(image, 2, 2, 'valid'));
      await show(tf.softmax(numbers(5, 30)));
      await show(tf.image.resizeBilinear(image, [40, 17]));
      await show(tf.sigmoid(tf.add(numbers(7, 9), tf.exp(numbers(7, 9)))));
    },
  },
  {
    name: 'rapier', from: '@dimforge/rapier3d-simd-compat@0.20.0', needs: 'SIMD, from Rust', large: true,
    async run({ require, print }) {
      const RAPIER = require('@dimforge/rapier3d-simd-compat');
      await RAPIER.init();
      const world = new RAPIER.World({ x: 0, y: -9.81, z: 0 });
      world.createCollider(RAPIER.ColliderDesc.cuboid(10, 0.1, 10));
      const bodies = [];
      for (let i = 0; i < 30; ++i) {
        const body = world.createRigidBody(RAPIER.RigidBodyDesc.dynamic().setTranslation((i % 3) * 0.4, 1 + i * 0.8, (i % 5) * 0.3));
        world.createCollider(i % 2 ? RAPIER.ColliderDesc.ball(0.4) : RAPIER.ColliderDesc.cuboid(0.4, 0.3, 0.5), body);
        bodies.push(body);
      }
      for (let step = 0; step < 200; ++step) world.step();
      for (const body of bodies) print(body.translation(), body.rotation());
    },
  },
  {
    name: 'resvg', from: '@resvg/resvg-wasm@2.6.2', needs: 'references to what is JavaScript\'s', large: true,
    async run({ load, file, print, digest }) {
      const { initWasm, Resvg } = await load('@resvg/resvg-wasm/index.mjs');
      await initWasm(file('@resvg/resvg-wasm/index_bg.wasm'));
      const drawing = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="150"><defs><radialGradient id="g">
        <stop offset="0" stop-color="gold"/><stop offset="1" stop-color="navy"/></radialGradient></defs>
        <circle cx="80" cy="70" r="60" fill="url(#g)"/><path d="M10 10 Q 90 140 190 40" stroke="red" stroke-width="5" fill="none"/></svg>`);
      const picture = drawing.render();
      print(picture.width, picture.height, digest(picture.pixels), digest(picture.asPng()));
    },
  },
  {
    name: 'Draco', from: 'draco3d@1.5.9', needs: '',
    async run({ require, file, print, digest }) {
      const draco = await require('draco3d').createDecoderModule({});
      const decoder = new draco.Decoder(), buffer = new draco.DecoderBuffer(), mesh = new draco.Mesh();
      const bytes = file('draco3d/bunny.drc');
      buffer.Init(new Int8Array(bytes), bytes.length);
      print(decoder.DecodeBufferToMesh(buffer, mesh).ok(), mesh.num_faces(), mesh.num_points());
      const positions = new draco.DracoFloat32Array();
      decoder.GetAttributeFloatForAllPoints(mesh, decoder.GetAttribute(mesh, 0), positions);
      print(digest(Float32Array.from({ length: positions.size() }, (_, i) => positions.GetValue(i))));
    },
  },
  {
    name: 'meshoptimizer', from: 'meshoptimizer@1.3.0', needs: 'SIMD',
    async run({ load, print, digest }) {
      const { MeshoptEncoder, MeshoptDecoder, MeshoptSimplifier } = await load('meshoptimizer/index.js');
      await Promise.all([MeshoptEncoder.ready, MeshoptDecoder.ready, MeshoptSimplifier.ready]);
      const size = 40, vertices = new Float32Array(size * size * 3), indices = [];
      for (let y = 0, i = 0; y < size; ++y) for (let x = 0; x < size; ++x) vertices.set([x, y, Math.sin(x / 5) * Math.cos(y / 7) * 4], 3 * i++);
      for (let y = 0; y + 1 < size; ++y) for (let x = 0; x + 1 < size; ++x) {
        const at = y * size + x;
        indices.push(at, at + 1, at + size, at + 1, at + size + 1, at + size);
      }
      const encoded = MeshoptEncoder.encodeVertexBuffer(new Uint8Array(vertices.buffer), size * size, 12);
      const decoded = new Uint8Array(vertices.byteLength);
      MeshoptDecoder.decodeVertexBuffer(decoded, size * size, 12, encoded);
      print(digest(encoded), digest(decoded), digest(vertices));
      const packed = MeshoptEncoder.encodeIndexBuffer(new Uint8Array(Uint32Array.from(indices).buffer), indices.length, 4);
      const unpacked = new Uint8Array(indices.length * 4);
      MeshoptDecoder.decodeIndexBuffer(unpacked, indices.length, 4, packed);
      print(digest(packed), digest(unpacked));
      const [simple, error] = MeshoptSimplifier.simplify(Uint32Array.from(indices), vertices, 3, 600, 0.1);
      print(simple.length, error, digest(simple));
    },
  },
  {
    name: 'SQLite', browser: true, from: '@sqlite.org/sqlite-wasm@3.41.2+build.1', needs: 'an imported memory',
    async run({ load, file, print }) {
      const start = (await load('@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.mjs')).default;
      const quiet = () => {};
      globalThis.fetch = async () => new Response(file('@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm'),
        { headers: { 'Content-Type': 'application/wasm' } });
      const sqlite = await start({ print: quiet, printErr: quiet });
      print(sqlite.version.libVersion);
      const database = new sqlite.oo1.DB(':memory:');
      database.exec('create table t(a integer primary key, b text, c real)');
      database.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
        insert into t select i, 'row ' || (i * 7919 % 1000), i / 7.0 from n`);
      const ask = (sql) => print(JSON.stringify(database.exec({ sql, returnValue: 'resultRows' })));
      ask('select count(*), sum(a), avg(c), min(b), max(b) from t');
      ask('select b, count(*) n from t group by b order by n desc, b limit 5');
      database.createFunction({ name: 'twice', xFunc: (context, value) => value * 2, arity: 1 });
      ask('select twice(a), twice(c) from t where a % 1000 = 1');
      try { ask('select nothing from nowhere'); } catch (error) { print(error.message); }
    },
  },
  {
    name: 'DuckDB', from: '@duckdb/duckdb-wasm@1.32.0', needs: 'exceptions in their older form, SIMD', large: true,
    async run({ require, path, print }) {
      const duckdb = require('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs');
      const bundle = { mainModule: path('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm'), mainWorker: '' };
      const database = await duckdb.createDuckDB({ mvp: bundle, eh: bundle }, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
      await database.instantiate(() => {});
      database.open({ path: ':memory:' });
      const connection = database.connect();
      const ask = (sql) => print(connection.query(sql).toArray().map((row) => row.toString()).join(' '));
      print(connection.query('select 40 + 2 as answer').toString());
      connection.query('create table t as select range as i, sin(range) as s, (range * 7919) % 97 as g from range(20000)');
      ask('select g, count(*) as n, round(sum(s), 6) as total, max(i) as last from t group by g order by total desc limit 5');
      ask('select round(stddev(s), 9) as deviation, round(quantile_cont(s, 0.3), 9) as quantile from t');
      ask('select a.g, count(*) as n from t a join t b on a.i = b.i + 1 where b.s > 0.99 group by a.g order by n desc, a.g limit 3');
      for (const bad of ['select nothing from nowhere', "select cast('x' as integer)", 'select 1 +']) {
        try { ask(bad); } catch (error) { print(String(error.message).split('\n')[0]); }
      }
    },
  },
  {
    name: 'pdfium', from: '@hyzyla/pdfium@2.1.13', needs: 'exceptions through JavaScript', large: true,
    async run({ load, file, print, digest }) {
      const { PDFiumLibrary } = await load('@hyzyla/pdfium/dist/index.esm.js');
      const wasmBinary = file('@hyzyla/pdfium/dist/pdfium.wasm');
      const library = await PDFiumLibrary.init({ wasmBinary });
      const objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
        '<</Length 102>>stream\nBT /F 18 Tf 20 40 Td (Hello from a page) Tj ET 0.9 0.2 0.1 rg 20 70 100 12 re f 0 0 1 RG 10 10 m 190 90 l S   \nendstream',
        '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
      let text = '%PDF-1.4\n';
      const at = objects.map((object, i) => { const here = text.length; text += `${i + 1} 0 obj${object}endobj\n`; return here; });
      text += `xref\n0 6\n0000000000 65535 f \n${at.map((n) => `${String(n).padStart(10, '0')} 00000 n \n`).join('')}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF`;
      const document = await library.loadDocument(Buffer.from(text));
      const page = document.getPage(0);
      print(document.getPageCount(), page.getText());
      const image = await page.render({ scale: 2, render: 'bitmap' });
      print(image.width, image.height, digest(image.data));
      try { await library.loadDocument(Buffer.from('no document')); } catch (error) { print(error.message); }
    },
  },
  {
    name: 'zxing', from: 'zxing-wasm@3.1.4', needs: 'C++ exceptions', large: true,
    async run({ load, file, print, digest }) {
      const zxing = await load('zxing-wasm/dist/es/full/index.js');
      zxing.prepareZXingModule({ overrides: { wasmBinary: file('zxing-wasm/dist/full/zxing_full.wasm') } });
      for (const format of ['QRCode', 'Code128', 'DataMatrix']) {
        const written = await zxing.writeBarcode('Tenon 12345', { format, scale: 3 });
        print(format, written.error, digest(Buffer.from(written.svg ?? '')));
        const png = new Uint8Array(await written.image.arrayBuffer());
        const [read] = await zxing.readBarcodes(png, { formats: [format], tryHarder: true });
        print(digest(png), read?.text, JSON.stringify(read?.position));
      }
    },
  },
  {
    name: 'manifold', from: 'manifold-3d@3.5.4', needs: '',
    async run({ load, file, print, digest }) {
      const wasm = await (await load('manifold-3d/manifold.js')).default({ wasmBinary: file('manifold-3d/manifold.wasm') });
      wasm.setup();
      const { Manifold } = wasm;
      const body = Manifold.cube([2, 2, 2], true).subtract(Manifold.sphere(1.3, 40)).add(Manifold.cylinder(3, 0.3, 0.5, 24, true));
      const mesh = body.getMesh();
      print(body.genus(), body.volume(), body.surfaceArea(), digest(mesh.triVerts), digest(mesh.vertProperties));
    },
  },
  {
    name: 'RNNoise', browser: true, from: '@shiguredo/rnnoise-wasm@2025.1.5', needs: 'SIMD',
    async run({ load, print, digest, random }) {
      const { Rnnoise } = await load('@shiguredo/rnnoise-wasm/dist/rnnoise.js');
      const state = (await Rnnoise.load()).createDenoiseState();
      for (let i = 0; i < 30; ++i) {
        const frame = Float32Array.from({ length: 480 }, (_, k) => 6000 * Math.sin((i * 480 + k) / 20) + 3000 * (random() - 0.5));
        const voice = state.processFrame(frame);
        if (i % 10 === 9) print(voice.toPrecision(4), digest(frame));
      }
    },
  },
  {
    name: 'Skia', from: 'canvaskit-wasm@0.42.0', needs: '', large: true,
    async run({ require, file, print, digest }) {
      const kit = await require('canvaskit-wasm/bin/canvaskit.js')({ wasmBinary: file('canvaskit-wasm/bin/canvaskit.wasm') });
      const surface = kit.MakeSurface(200, 120), canvas = surface.getCanvas(), paint = new kit.Paint();
      canvas.clear(kit.WHITE);
      paint.setAntiAlias(true);
      paint.setShader(kit.Shader.MakeLinearGradient([0, 0], [200, 120], [kit.RED, kit.BLUE, kit.GREEN], [0, 0.4, 1], kit.TileMode.Clamp));
      canvas.drawOval(kit.LTRBRect(10, 10, 150, 110), paint);
      paint.setShader(null);
      paint.setStyle(kit.PaintStyle.Stroke);
      paint.setStrokeWidth(4);
      paint.setMaskFilter(kit.MaskFilter.MakeBlur(kit.BlurStyle.Normal, 3, true));
      canvas.drawPath(kit.Path.MakeFromSVGString('M20 20 C 60 120 120 -40 190 90'), paint);
      surface.flush();
      const image = surface.makeImageSnapshot();
      print(digest(image.readPixels(0, 0, { width: 200, height: 120, colorType: kit.ColorType.RGBA_8888, alphaType: kit.AlphaType.Unpremul, colorSpace: kit.ColorSpace.SRGB })),
        digest(image.encodeToBytes()));
    },
  },
  {
    name: 'ONNX Runtime', from: 'onnxruntime-web@1.30.0', needs: 'threads (a shared memory), SIMD', large: true,
    async run({ load, file, print, random }) {
      const ort = await load('onnxruntime-web/dist/ort.wasm.min.mjs');
      ort.env.wasm.numThreads = 1;
      ort.env.wasm.wasmBinary = file('onnxruntime-web/dist/ort-wasm-simd-threaded.wasm');
      // A model of one matrix product and one activation, as protocol buffers have it.
      const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
      const field = (number, content) => typeof content === 'number' ? bytes([number << 3, content]) : bytes([number << 3 | 2, content.length], content);
      const value = (name, ...shape) => bytes(field(1, name), field(2, field(1, bytes(field(1, 1), field(2, bytes(...shape.map((size) => field(1, field(1, size)))))))));
      const node = (operator, inputs, output) => field(1, bytes(...inputs.map((input) => field(1, input)), field(2, output), field(4, operator)));
      const graph = bytes(node('MatMul', ['a', 'b'], 'p'), node('Softmax', ['p'], 'r'), field(2, 'g'),
        field(11, value('a', 9, 40)), field(11, value('b', 40, 17)), field(12, value('r', 9, 17)));
      const model = bytes(field(1, 8), bytes([7 << 3 | 2, graph.length & 127 | 128, graph.length >> 7], graph), field(8, bytes(field(1, ''), field(2, 13))));
      const session = await ort.InferenceSession.create(model);
      const numbers = (rows, columns) => new ort.Tensor('float32', Float32Array.from({ length: rows * columns }, random), [rows, columns]);
      const { r } = await session.run({ a: numbers(9, 40), b: numbers(40, 17) });
      print(r.dims, round(r.data.slice(0, 20)));
    },
  },
];

// Modules that are compiled and instantiated, with imports that throw: what more they need, and how many
// exports V8 finds.
export const modules = [
  { file: '@phi-ag/argon2/dist/argon2.wasm', from: '@phi-ag/argon2@0.5.28', needs: '', exports: 9 },
  { file: 'draco3d/draco_encoder.wasm', from: 'draco3d@1.5.9', needs: '', exports: 101 },
  { file: '@pixi/basis/assets/basis_transcoder.wasm', from: '@pixi/basis@7.4.3', needs: 'an imported memory and table', exports: 21 },
  { file: '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm', from: '@tensorflow/tfjs-backend-wasm@4.22.0',
    needs: 'SIMD, threads', exports: 164 },
  { file: '@itk-wasm/htj2k/dist/pipelines/decode.wasm', from: '@itk-wasm/htj2k@2.1.0', needs: 'SIMD', exports: 16 },
  { file: '@jsquash/jxl/codec/enc/jxl_enc_mt_simd.wasm', from: '@jsquash/jxl@1.3.0', needs: 'SIMD, threads', exports: 26, large: true },
  { file: '@jsquash/avif/codec/enc/avif_enc_mt.wasm', from: '@jsquash/avif@2.1.1', needs: 'threads', exports: 25, large: true },
  { file: '@lottiefiles/dotlottie-web/dist/dotlottie-player.wasm', from: '@lottiefiles/dotlottie-web@0.80.0', needs: '', exports: 177, large: true },
  { file: 'web-ifc/web-ifc-mt.wasm', from: 'web-ifc@0.0.78', needs: 'SIMD, threads, exceptions in their older form', exports: 20, large: true },
  { file: 'tesseract.js-core/tesseract-core-simd-lstm.wasm', from: 'tesseract.js-core@7.0.0', needs: 'SIMD', exports: 307, large: true },
  { file: 'tesseract.js-core/tesseract-core-relaxedsimd-lstm.wasm', from: 'tesseract.js-core@7.0.0', needs: 'relaxed SIMD', exports: 307, large: true },
  { file: 'wasm-vips/lib/vips.wasm', from: 'wasm-vips@0.0.19', needs: 'SIMD, threads, exceptions in their older form', exports: 433, large: true },
  { file: '@img/sharp-wasm32/lib/sharp-wasm32-0.35.5.node.wasm', from: '@img/sharp-wasm32@0.35.5',
    needs: 'SIMD, threads, exceptions in their older form', exports: 24, large: true },
  { file: '@mediapipe/tasks-vision/wasm/vision_wasm_internal.wasm', from: '@mediapipe/tasks-vision@1.1.0', needs: 'SIMD', exports: 154, large: true },
  { file: '@wllama/wllama/esm/wasm/wllama.wasm', from: '@wllama/wllama@3.13.0',
    needs: 'memory64, SIMD, threads, exceptions in their older form', exports: 53, large: true },
  { file: 'stockfish-nnue.wasm/stockfish.wasm', from: 'stockfish-nnue.wasm@0.0.2', needs: 'SIMD, threads', exports: 32, large: true },
  { file: '@ffmpeg/core/dist/esm/ffmpeg-core.wasm', from: '@ffmpeg/core@0.12.10', needs: '', exports: 15, large: true },
  { file: 'z3-solver/build/z3-built.wasm', from: 'z3-solver@5.2.0', needs: 'threads', exports: 850, large: true },
];
