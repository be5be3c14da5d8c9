// Tries to reach what lies beside the preopened directory 3, through every function of WASI that
// takes a path, and says ESCAPED if it gets there. Told apart by contents: files outside begin with
// "outside". What it may have changed there, wasi_escape.sh looks at afterwards.
//
// Arguments: how many rounds; "race" if others exchange directories and links meanwhile (see
// wasi_escape.sh): then it keeps the directories that they need.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { kRoot = 3 };
static unsigned attempts, opened;

static const char* const kPaths[] = {
    "../outside/secret",
    "../../outside/secret",
    "a/../../outside/secret",
    "./../outside/secret",
    "a/b/../../../outside/secret",
    "up/outside/secret",
    "up/../outside/secret",
    "to_outside/secret",
    "to_outside/../outside/secret",
    "absolute",
    "absolute/",
    "root/etc/passwd",
    "a/escape/secret",
    "chain1",
    "chain1/",
    "swap/secret",
    "swap/../swap/secret",
    "link/secret",
    "swap/sub/secret",
    "deep/er/est/../../../swap/secret",
    "deep/er/est/../../../../outside/secret",
    "er/est/../../../outside/secret",
    "deep/er/../../../outside/secret",
    "dangling",
    "swap/new",
    "link/new",
    "to_outside/new",
    "../outside/new",
    "..",
    "../",
    "a/..//..//outside//secret",
    "/etc/passwd",
    "//etc/passwd",
    "swap/",
    "link/",
    "a/b/../../to_outside/sub/secret",
    "...",
    "swap",
    "link",
    "to_outside",
    "up",
    "root",
    "proc/self/root/etc/passwd",
    "file/../../outside/secret",
};
enum { kPathCount = sizeof kPaths / sizeof *kPaths };

static void escaped(const char* how, const char* path) {
  printf("ESCAPED through %s \"%s\"\n", how, path);
}

static void read_it(__wasi_fd_t fd, const char* how, const char* path) {
  char text[16] = "";
  __wasi_iovec_t to = {(uint8_t*)text, 7};
  __wasi_size_t size = 0;
  if (__wasi_fd_read(fd, &to, 1, &size) == 0 && size == 7 &&
      (memcmp(text, "outside", 7) == 0 || memcmp(text, "root:x:", 7) == 0)) {
    escaped(how, path);
  }
}

static void try_open(__wasi_fd_t directory, const char* path, int depth) {
  static const __wasi_oflags_t kOflags[] = {0, __WASI_OFLAGS_CREAT, __WASI_OFLAGS_DIRECTORY,
                                            __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL,
                                            __WASI_OFLAGS_TRUNC};
  for (unsigned i = 0; i < 10; ++i) {
    const __wasi_oflags_t oflags = kOflags[i % 5];
    __wasi_rights_t rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR;
    if (oflags & (__WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC)) rights |= __WASI_RIGHTS_FD_WRITE;
    if (oflags & __WASI_OFLAGS_DIRECTORY) rights = ~0ull & ~(__wasi_rights_t)__WASI_RIGHTS_FD_WRITE;
    __wasi_fd_t fd;
    ++attempts;
    if (__wasi_path_open(directory, i < 5 ? __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW : 0, path, oflags,
                         rights, ~0ull, 0, &fd) != 0) {
      continue;
    }
    ++opened;
    read_it(fd, "path_open", path);
    if (oflags & __WASI_OFLAGS_DIRECTORY) {
      // From a directory that was opened, on and up.
      if (depth == 0) {
        try_open(fd, "secret", 1);
        try_open(fd, "../outside/secret", 1);
        try_open(fd, "../../outside/secret", 1);
        try_open(fd, "..", 1);
      }
      uint8_t entries[512];
      __wasi_size_t used = 0;
      if (__wasi_fd_readdir(fd, entries, sizeof entries, 0, &used) == 0) {
        for (unsigned at = 0; at + 24 <= used;) {
          __wasi_dirent_t head;
          memcpy(&head, entries + at, sizeof head);
          if (at + 24 + head.d_namlen > used) break;
          if (head.d_namlen == 12 && memcmp(entries + at + 24, "only_outside", 12) == 0)
            escaped("fd_readdir", path);
          at += 24 + head.d_namlen;
        }
      }
    }
    __wasi_fd_close(fd);
  }
}

static void try_others(const char* path) {
  __wasi_filestat_t status;
  uint8_t text[256];
  __wasi_size_t size;
  for (int follow = 0; follow < 2; ++follow) {
    // Outside, every file has 7777 bytes.
    if (__wasi_path_filestat_get(kRoot, follow, path, &status) == 0 && status.size == 7777)
      escaped("path_filestat_get", path);
    __wasi_path_filestat_set_times(kRoot, follow, path, 1, 1,
                                   __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM);
    __wasi_path_link(kRoot, follow, path, kRoot, "linked");
    __wasi_path_link(kRoot, follow, "file", kRoot, path);
    attempts += 4;
  }
  __wasi_path_readlink(kRoot, path, text, sizeof text, &size);
  __wasi_path_create_directory(kRoot, path);
  __wasi_path_symlink("file", kRoot, path);
  __wasi_path_rename(kRoot, path, kRoot, "renamed");
  __wasi_path_rename(kRoot, "file2", kRoot, path);
  __wasi_path_unlink_file(kRoot, path);
  __wasi_path_remove_directory(kRoot, path);
  attempts += 7;
  // What the tricks before may have left inside.
  __wasi_fd_t fd;
  if (__wasi_path_open(kRoot, 0, "linked", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd) == 0) {
    read_it(fd, "path_link", path);
    __wasi_fd_close(fd);
  }
  if (__wasi_path_open(kRoot, 0, "renamed", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd) == 0) {
    read_it(fd, "path_rename", path);
    __wasi_fd_close(fd);
  }
}

// The program's own doing: links planted, directories moved below each other.
static void plant(unsigned round) {
  static const char* const kTargets[] = {"../outside", "../../outside", "..",
                                         "/",          "/etc",          "a/../../outside",
                                         "to_outside", "swap/..",       "/proc/self/cwd"};
  const char* target = kTargets[round % (sizeof kTargets / sizeof *kTargets)];
  __wasi_path_unlink_file(kRoot, "planted");
  __wasi_path_symlink(target, kRoot, "planted");
  __wasi_path_rename(kRoot, "planted", kRoot, "a/b/planted");
  __wasi_path_rename(kRoot, "a/b", kRoot, "b");
  try_open(kRoot, "b/planted/secret", 0);
  try_open(kRoot, "b/planted/outside/secret", 0);
  try_open(kRoot, "b/planted/passwd", 0);
  __wasi_path_rename(kRoot, "b", kRoot, "a/b");
}

// While `swap` is now a directory, now a link to the outside: whatever is made or changed, there or
// by way of "..", must be made inside.
static void try_raced(void) {
  static const char* const kTargets[] = {
      "swap/new",     "swap/../new", "deep/er/est/../../../new", "deep/er/../../new", "a/b/new",
      "swap/sub/new", "a/b/sub/new"};
  static const char* const kExisting[] = {"swap/secret", "a/b/secret", "deep/er/est/secret",
                                          "swap/sub/secret", "deep/er/est/../../../swap/secret"};
  __wasi_filestat_t status;
  __wasi_fd_t fd;
  for (unsigned i = 0; i < sizeof kTargets / sizeof *kTargets; ++i) {
    const char* path = kTargets[i];
    if (__wasi_path_open(kRoot, 1, path, __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, 0, 0, &fd) ==
        0) {
      ++opened;
      __wasi_fd_close(fd);
    }
    __wasi_path_unlink_file(kRoot, path);
    __wasi_path_create_directory(kRoot, path);
    __wasi_path_remove_directory(kRoot, path);
    __wasi_path_symlink("file", kRoot, path);
    __wasi_path_unlink_file(kRoot, path);
    __wasi_path_link(kRoot, 0, "file", kRoot, path);
    __wasi_path_rename(kRoot, path, kRoot, "back");
    __wasi_path_rename(kRoot, "back", kRoot, path);
    __wasi_path_unlink_file(kRoot, path);
    attempts += 10;
  }
  for (unsigned i = 0; i < sizeof kExisting / sizeof *kExisting; ++i) {
    const char* path = kExisting[i];
    try_open(kRoot, path, 0);
    if (__wasi_path_filestat_get(kRoot, 1, path, &status) == 0 && status.size == 7777)
      escaped("path_filestat_get", path);
    __wasi_path_filestat_set_times(kRoot, 1, path, 1, 1,
                                   __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM);
    if (__wasi_path_link(kRoot, 0, path, kRoot, "linked") == 0) {
      if (__wasi_path_filestat_get(kRoot, 0, "linked", &status) == 0 && status.size == 7777)
        escaped("path_link", path);
      __wasi_path_unlink_file(kRoot, "linked");
    }
    if (__wasi_path_rename(kRoot, path, kRoot, "renamed") == 0) {
      if (__wasi_path_filestat_get(kRoot, 0, "renamed", &status) == 0 && status.size == 7777)
        escaped("path_rename", path);
      __wasi_path_rename(kRoot, "renamed", kRoot, path);
    }
    attempts += 4;
  }
}

int main(int argc, char** argv) {
  const unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
  const int race = argc > 2 && strcmp(argv[2], "race") == 0;
  for (unsigned round = 0; round < rounds; ++round) {
    if (!race) plant(round);
    if (race) try_raced();
    for (unsigned i = 0; i < kPathCount; ++i) {
      try_open(kRoot, kPaths[i], 0);
      if (!race) try_others(kPaths[i]);
    }
  }
  printf("%u attempts, %u opened\n", attempts, opened);
  return 0;
}
