// What the C++ standard library does with files, directories, time and random numbers, in the
// directory "data". The same output natively and on WASI; see run.sh.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

int main() {
  const fs::path root = "data/cpp";
  fs::remove_all(root);
  std::cout << "created " << fs::create_directories(root / "a/b/c") << '\n';

  {
    std::ofstream file(root / "a/numbers.txt");
    for (int i = 0; i < 10000; ++i) file << i << (i % 10 == 9 ? '\n' : ' ');
  }
  std::ifstream file(root / "a/numbers.txt");
  long long sum = 0;
  for (int number; file >> number;) sum += number;
  std::cout << "sum " << sum << ", size " << fs::file_size(root / "a/numbers.txt") << '\n';

  std::fstream both(root / "a/b/both.bin", std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
  std::vector<char> block(100000, 'z');
  both.write(block.data(), static_cast<std::streamsize>(block.size()));
  both.seekp(50000);
  both << "in the middle";
  both.seekg(49999);
  std::string text(15, ' ');
  both.read(text.data(), 15);
  std::cout << "read \"" << text << "\" at " << both.tellg() << '\n';
  both.close();

  fs::rename(root / "a/b/both.bin", root / "a/moved.bin");
  fs::create_symlink("numbers.txt", root / "a/link");
  fs::create_hard_link(root / "a/moved.bin", root / "a/b/hard");
  std::error_code error;
  fs::create_directory(root / "missing/parent", error);
  std::cout << "no parent: " << (error == std::errc::no_such_file_or_directory) << '\n';
  fs::remove(root / "a", error);
  std::cout << "not empty: " << (error == std::errc::directory_not_empty) << '\n';

  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    std::ostringstream what;
    if (entry.is_symlink())
      what << "link to " << fs::read_symlink(entry).string();
    else if (entry.is_directory())
      what << "directory";
    else
      what << "file of " << entry.file_size() << ", " << entry.hard_link_count() << " names";
    found[entry.path().string()] = what.str();
  }
  for (const auto& [path, what] : found) std::cout << path << ": " << what << '\n';

  const auto changed = fs::last_write_time(root / "a/numbers.txt");
  fs::last_write_time(root / "a/numbers.txt", changed - std::chrono::hours(24));
  const auto shift = changed - fs::last_write_time(root / "a/numbers.txt");
  std::cout << "shifted " << std::chrono::duration_cast<std::chrono::hours>(shift).count() << " h\n";
  fs::resize_file(root / "a/moved.bin", 10);
  std::cout << "resized to " << fs::file_size(root / "a/b/hard") << '\n';

  const auto begin = std::chrono::steady_clock::now();
  std::random_device device;
  std::vector<unsigned> drawn(1000);
  std::generate(drawn.begin(), drawn.end(), std::ref(device));
  std::sort(drawn.begin(), drawn.end());
  std::cout << "random " << (std::unique(drawn.begin(), drawn.end()) - drawn.begin() > 990) << '\n';
  std::cout << "time passes " << (std::chrono::steady_clock::now() > begin) << '\n';
  const auto year = std::chrono::system_clock::now().time_since_epoch() / std::chrono::hours(24 * 365);
  std::cout << "this century " << (year > 50 && year < 130) << '\n';
  std::cout << "removed " << fs::remove_all(root) << '\n';
  return 3;
}
