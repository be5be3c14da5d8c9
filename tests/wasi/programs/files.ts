// An AssemblyScript program on WASI without a library: opens, writes and reads "as.txt" in
// descriptor 3, and prints. See run.sh.
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(fd: u32, flags: u32, path: usize, length: usize, oflags: u32, rights: u64,
                           inheriting: u64, fdflags: u32, opened: usize): u32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, iovs: usize, count: usize, written: usize): u32;
@external("wasi_snapshot_preview1", "fd_pread")
declare function fd_pread(fd: u32, iovs: usize, count: usize, offset: u64, read: usize): u32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(status: u32): void;

const cells = memory.data(32);

function write(fd: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  store<usize>(cells, changetype<usize>(bytes));
  store<usize>(cells, bytes.byteLength, 4);
  if (fd_write(fd, cells, 1, cells + 8) != 0 || load<u32>(cells, 8) != bytes.byteLength) proc_exit(90);
}

class Shape {
  constructor(public name: string) {}
  area(): f64 { return 0; }
}
class Circle extends Shape {
  constructor(private radius: f64) { super("circle"); }
  area(): f64 { return Math.PI * this.radius * this.radius; }
}

export function _start(): void {
  const path = String.UTF8.encode("as.txt");
  if (path_open(3, 0, changetype<usize>(path), path.byteLength, 9, 0x66, 0, 0, cells + 12) != 0) proc_exit(91);
  const file = load<u32>(cells, 12);
  const words = new Map<string, i32>();
  const text = "one two three two three three";
  const split = text.split(" ");
  for (let i = 0; i < split.length; ++i) words.set(split[i], words.has(split[i]) ? words.get(split[i]) + 1 : 1);
  const keys = words.keys().sort();
  for (let i = 0; i < keys.length; ++i) write(file, keys[i] + "=" + words.get(keys[i]).toString() + "\n");
  const read = new ArrayBuffer(100);
  store<usize>(cells, changetype<usize>(read));
  store<usize>(cells, read.byteLength, 4);
  if (fd_pread(file, cells, 1, 0, cells + 8) != 0) proc_exit(92);
  write(1, String.UTF8.decodeUnsafe(changetype<usize>(read), load<u32>(cells, 8)));
  const shape: Shape = new Circle(2);
  write(1, shape.name + " " + shape.area().toString() + "\n");
  proc_exit(5);
}

// What the compiler's runtime library wants when something fails.
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  write(2, (message ? message : "abort") + "\n");
  unreachable();
}
