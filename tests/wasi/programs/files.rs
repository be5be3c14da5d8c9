// What the Rust standard library does with files, directories, time and collections, in the
// directory "data". What it must print is at the end; see run.sh.
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};

fn main() -> io::Result<()> {
    let _ = fs::remove_dir_all("data/rust");
    fs::create_dir_all("data/rust/a/b")?;
    {
        let mut file = File::create("data/rust/a/lines.txt")?;
        for i in 0..1000 {
            writeln!(file, "line {}", i * i)?;
        }
        file.sync_all()?;
    }
    let lines: Vec<String> =
        BufReader::new(File::open("data/rust/a/lines.txt")?).lines().collect::<Result<_, _>>()?;
    println!("{} lines, the last is {:?}", lines.len(), lines[999]);

    let mut both = OpenOptions::new().read(true).write(true).create(true).open("data/rust/both")?;
    both.write_all(&vec![b'x'; 70000])?;
    both.seek(SeekFrom::Start(69990))?;
    both.write_all(b"0123456789end")?;
    both.seek(SeekFrom::End(-13))?;
    let mut text = String::new();
    both.read_to_string(&mut text)?;
    println!("{} of {}", text, both.metadata()?.len());
    both.set_len(5)?;
    println!("cut to {}", fs::metadata("data/rust/both")?.len());

    let mut append = OpenOptions::new().append(true).open("data/rust/both")?;
    append.write_all(b"+more")?;
    println!("{:?}", fs::read_to_string("data/rust/both")?);
    fs::copy("data/rust/both", "data/rust/copy")?;
    fs::rename("data/rust/copy", "data/rust/a/b/copy")?;
    fs::hard_link("data/rust/both", "data/rust/a/hard")?;

    let mut found = BTreeMap::new();
    let mut pending = vec!["data/rust".to_string()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            let path = entry.path().display().to_string();
            if entry.file_type()?.is_dir() {
                pending.push(path.clone());
            }
            found.insert(path, entry.metadata()?.len() * !entry.file_type()?.is_dir() as u64);
        }
    }
    for (path, length) in &found {
        println!("{path} {length}");
    }
    for path in ["data/rust/none", "data/rust/a", "data/../../etc/passwd", "/etc/passwd"] {
        println!("{path}: {:?}", fs::read(path).map(|bytes| bytes.len()).map_err(|error| error.kind()).is_err());
    }

    let begin = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("slept {}", begin.elapsed() >= Duration::from_millis(20));
    let years = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() / 31_557_600;
    println!("this century {}", (50..130).contains(&years));
    let counted: HashMap<usize, usize> = lines.iter().fold(HashMap::new(), |mut map, line| {
        *map.entry(line.len()).or_default() += 1;
        map
    });
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort();
    println!("{counted:?}");
    println!("arguments {:?}, HOME {:?}", std::env::args().skip(1).collect::<Vec<_>>(), std::env::var("HOME").ok());
    fs::remove_dir_all("data/rust")?;
    std::process::exit(4)
}

// > 1000 lines, the last is "line 998001"
// > 0123456789end of 70003
// > cut to 5
// > "xxxxx+more"
// > data/rust/a 0
// > data/rust/a/b 0
// > data/rust/a/b/copy 10
// > data/rust/a/hard 10
// > data/rust/a/lines.txt 11537
// > data/rust/both 10
// > data/rust/none: true
// > data/rust/a: true
// > data/../../etc/passwd: true
// > /etc/passwd: true
// > slept true
// > this century true
// > [(6, 4), (7, 6), (8, 22), (9, 68), (10, 217), (11, 683)]
// > arguments ["a", "b c"], HOME Some("/home")
