// The sandbox (runtime/wasi/sandbox.h): no path leads out of the directory, with openat2 and
// with the walk alike, whatever is renamed meanwhile; and both agree about every path.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/wasi/sandbox.h"

namespace tenon::runtime::wasi {
namespace {

namespace fs = std::filesystem;

// outside/secret, outside/directory/secret, and beside them `inside`, which is the sandbox.
class Tree {
 public:
  Tree() {
    char name[] = "/tmp/tenon-sandbox-XXXXXX";
    root_ = mkdtemp(name);
    fs::create_directories(root_ / "outside/directory");
    fs::create_directories(inside() / "a/b/c");
    Write(root_ / "outside/secret");
    Write(root_ / "outside/directory/secret");
    Write(inside() / "file");
    Write(inside() / "a/file");
    Write(inside() / "a/b/c/file");
    Collect(root_ / "outside");
    descriptor_ = open(inside().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() {
    close(descriptor_);
    fs::remove_all(root_);
  }

  int descriptor() const { return descriptor_; }
  fs::path inside() const { return root_ / "inside"; }
  fs::path outside() const { return root_ / "outside"; }
  void Link(const char* name, const fs::path& target) const {
    fs::create_symlink(target, inside() / name);
  }
  // Whether the open file is one of those outside, or something above.
  bool IsOutside(int file) const {
    struct stat status;
    REQUIRE(fstat(file, &status) == 0);
    for (const ino_t inode : outside_inodes_) {
      if (status.st_ino == inode) return true;
    }
    return false;
  }

 private:
  static void Write(const fs::path& path) { std::ofstream(path) << path.string(); }
  void Collect(const fs::path& outside) {
    std::vector<fs::path> paths = {root_, root_.parent_path(), "/", "/etc", "/etc/passwd", outside};
    for (const auto& entry : fs::recursive_directory_iterator(outside)) paths.push_back(entry);
    for (const fs::path& path : paths) {
      struct stat status;
      if (lstat(path.c_str(), &status) == 0) outside_inodes_.push_back(status.st_ino);
    }
  }

  fs::path root_;
  std::vector<ino_t> outside_inodes_;
  int descriptor_ = -1;
};

struct Outcome {
  ErrorCode error;
  ino_t inode;
  bool operator==(const Outcome&) const = default;
};

Outcome Try(const Tree& tree, const std::string& path, int flags) {
  OwnedDescriptor file;
  const ErrorCode error = OpenBeneath(tree.descriptor(), path.c_str(), flags, 0600, &file);
  if (error != kSuccess) return {error, 0};
  CHECK_MESSAGE(!tree.IsOutside(file.get()), path);
  struct stat status;
  REQUIRE(fstat(file.get(), &status) == 0);
  return {kSuccess, status.st_ino};
}

// Both implementations, one after the other.
class EachImplementation {
 public:
  template <typename Body>
  explicit EachImplementation(Body body) {
    for (const bool without : {false, true}) {
      CAPTURE(without);
      DoWithoutOpenat2ForTesting(without);
      body();
    }
    DoWithoutOpenat2ForTesting(false);
  }
};

constexpr int kFlagSets[] = {O_RDONLY, O_RDONLY | O_NOFOLLOW, O_PATH, O_PATH | O_NOFOLLOW,
                             O_RDONLY | O_DIRECTORY};

TEST_CASE("Paths that try to leave the sandbox do not") {
  const Tree tree;
  tree.Link("up", "..");
  tree.Link("far", "../../../../../../../../etc/passwd");
  tree.Link("absolute", "/etc/passwd");
  tree.Link("root", "/");
  tree.Link("to_outside", "../outside");
  tree.Link("hidden", "a/../../outside/secret");
  tree.Link("chain1", "chain2");
  tree.Link("chain2", "a/b/chain3");
  tree.Link("a/b/chain3", "../../../outside/secret");
  tree.Link("a/escape", "../../outside");
  tree.Link("proc", "/proc/self/root");
  const std::string outside = tree.outside().string();
  const std::string starts[] = {"",       "./",     "a/",          "a/b/../",
                                "a/./b/", "up/",    "to_outside/", "a/escape/",
                                "root/",  "proc/",  "chain1/../",  "a/b/c/../../",
                                ".//",    "a//b//", "absolute/../"};
  const std::string ends[] = {"..",
                              "../",
                              "../outside/secret",
                              "../../outside/secret",
                              "../../../outside/secret",
                              "../../../../outside/directory/secret",
                              "../inside/../outside/secret",
                              "..//outside//secret",
                              "../outside/directory/",
                              "../.",
                              "../../../../../../../../../../../../etc/passwd",
                              "secret",
                              "directory/secret",
                              "outside/secret",
                              "etc/passwd"};
  EachImplementation([&] {
    int attempts = 0;
    for (const std::string& start : starts) {
      for (const std::string& end : ends) {
        for (const int flags : kFlagSets) {
          Try(tree, start + end, flags);
          ++attempts;
        }
      }
    }
    for (const char* path : {"far", "absolute", "hidden", "chain1", "chain2", "a/b/chain3", "up"})
      CHECK(Try(tree, path, O_RDONLY).error == kNotCapable);
    CHECK(Try(tree, outside + "/secret", O_RDONLY).error == kNotCapable);
    CHECK(Try(tree, "/", O_RDONLY).error == kNotCapable);
    CHECK(Try(tree, "..", O_RDONLY).error == kNotCapable);
    CHECK(Try(tree, "a/../..", O_RDONLY).error == kNotCapable);
    CHECK(Try(tree, "", O_RDONLY).error == kNoEntry);
    CHECK(attempts > 1000);
  });
}

TEST_CASE("Creating through links and dots stays in the sandbox") {
  const Tree tree;
  tree.Link("dangling", "../outside/new");
  tree.Link("a/dangling", "../../outside/new");
  tree.Link("absolute", (tree.outside() / "new").string());
  tree.Link("down", "a/new");
  EachImplementation([&] {
    for (const char* path : {"dangling", "a/dangling", "absolute", "../outside/new",
                             "a/../../outside/new", "dangling/", "a/b/../dangling"}) {
      for (const int flags : {O_CREAT, O_CREAT | O_EXCL, O_CREAT | O_TRUNC, O_CREAT | O_NOFOLLOW}) {
        CAPTURE(path);
        Try(tree, path, O_RDWR | flags);
        CHECK(!fs::exists(tree.outside() / "new"));
      }
    }
    CHECK(Try(tree, "down", O_RDWR | O_CREAT).error == kSuccess);  // a link that stays inside
    CHECK(fs::remove(tree.inside() / "a/new"));
  });
}

TEST_CASE("The name that the *at functions get has no slash and is not ..") {
  const Tree tree;
  tree.Link("to_outside", "../outside");
  EachImplementation([&] {
    for (const char* path :
         {"a/b", "a/b/", "a/..", "a/b/..", "a/b/../", ".", "./", "file", "a//b///"}) {
      char text[PATH_MAX];
      std::strcpy(text, path);
      ParentAndName place;
      CAPTURE(path);
      REQUIRE(ResolveParent(tree.descriptor(), text, &place) == kSuccess);
      CHECK(std::string_view(place.name) != "..");
      CHECK(std::strchr(place.name, '/') == nullptr);
      CHECK(!tree.IsOutside(place.directory));
    }
    for (const char* path : {"..", "../", "a/../..", "../x", "to_outside/x", "/x",
                             "to_outside/../x", "a/../../outside/x"}) {
      char text[PATH_MAX];
      std::strcpy(text, path);
      ParentAndName place;
      CAPTURE(path);
      CHECK(ResolveParent(tree.descriptor(), text, &place) == kNotCapable);
    }
  });
}

TEST_CASE("openat2 and the walk agree about random paths through random links") {
  const Tree tree;
  std::mt19937 random(20240607);
  const auto pick = [&random](const auto& from) -> std::string {
    return from[random() % std::size(from)];
  };
  const char* const names[] = {"a",  "b",  "c", "file", "l0", "l1", "l2", "l3",  "l4",   "l5",
                               "..", "..", ".", "no",   "",   "l6", "l7", "a/b", "a/b/c"};
  const char* const directories[] = {"", "a/", "a/b/", "a/b/c/"};
  const auto path = [&](std::size_t most) {
    std::string text;
    const std::size_t components = 1 + random() % most;
    for (std::size_t i = 0; i < components; ++i) text += (i == 0 ? "" : "/") + pick(names);
    if (random() % 8 == 0) text += '/';
    return text.empty() ? std::string(".") : text;
  };
  for (int i = 0; i < 8; ++i) {
    const std::string name = pick(directories) + "l" + std::to_string(i);
    const std::string target = random() % 6 == 0 ? "/tmp/" + path(3) : path(4);
    tree.Link(name.c_str(), target);
  }
  int differences = 0, found = 0;
  for (int i = 0; i < 4000; ++i) {
    const std::string text = path(7);
    const int flags = kFlagSets[random() % std::size(kFlagSets)];
    DoWithoutOpenat2ForTesting(false);
    const Outcome kernel = Try(tree, text, flags);
    DoWithoutOpenat2ForTesting(true);
    const Outcome walk = Try(tree, text, flags);
    CAPTURE(text);
    CAPTURE(flags);
    CHECK(kernel.error == walk.error);
    CHECK(kernel.inode == walk.inode);
    differences += kernel == walk ? 0 : 1;
    found += kernel.error == kSuccess ? 1 : 0;
  }
  DoWithoutOpenat2ForTesting(false);
  CHECK(differences == 0);
  CHECK(found > 100);  // it is not all errors
}

TEST_CASE("Directories that turn into links, or move, during the call lead nowhere else") {
  const Tree tree;
  const fs::path inside = tree.inside();
  fs::create_directories(inside / "swap");
  std::ofstream(inside / "swap/secret") << "inside";
  fs::create_directory_symlink("../outside", inside / "link");
  fs::create_directories(inside / "deep/er/est");
  std::ofstream(inside / "deep/er/est/secret") << "inside";

  std::atomic<bool> stop{false};
  // Exchanges a directory with a link to the outside, and moves one up and down, all the time.
  std::thread racer([&] {
    const std::string swap = (inside / "swap").string(), link = (inside / "link").string();
    const fs::path er = inside / "deep/er", moved = inside / "er";
    while (!stop) {
      renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
      std::rename(er.c_str(), moved.c_str());
      std::rename(moved.c_str(), er.c_str());
    }
  });
  EachImplementation([&] {
    int opened = 0;
    for (int i = 0; i < 3000; ++i) {
      for (const char* path :
           {"swap/secret", "link/secret", "swap/directory/secret",
            "deep/er/est/../../../swap/secret", "deep/er/est/../../../../outside/secret",
            "er/est/../../../outside/secret", "swap/../swap/secret"}) {
        if (Try(tree, path, O_RDONLY).error == kSuccess) ++opened;
      }
    }
    CHECK(opened > 0);
  });
  stop = true;
  racer.join();
}

}  // namespace
}  // namespace tenon::runtime::wasi
