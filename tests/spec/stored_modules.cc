// Compiled modules of the suite in a directory: NAME.wasm as NAME.wasm.aot; of modules that the
// compiler refused there is no file.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/spec/module_source.h"

namespace tenon::spec {

namespace {

std::string PathOf(const std::string& directory, const std::string& name) {
  return directory + "/" + name + ".aot";
}

}  // namespace

ModuleSource StoredModules(const std::string& directory) {
  return [directory](const std::string& name,
                     std::span<const std::uint8_t>) -> Result<std::vector<std::uint8_t>> {
    const std::string path = PathOf(directory, name);
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return Error::Format("%s was not compiled", name.c_str());
    return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(stream), {});
  };
}

ModuleSource StoreModules(const std::string& directory, ModuleSource source) {
  return [directory, source = std::move(source)](
             const std::string& name,
             std::span<const std::uint8_t> wasm) -> Result<std::vector<std::uint8_t>> {
    const std::string path = PathOf(directory, name);
    std::filesystem::remove(path);
    TENON_ASSIGN_OR_RETURN(std::vector<std::uint8_t> bytes, source(name, wasm));
    // Scripts that run at the same time all compile spectest: each renames a whole file of its own.
    const std::string temporary = path + std::to_string(::getpid());
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (stream.fail() || std::rename(temporary.c_str(), path.c_str()) != 0)
      return Error::Format("cannot write %s", path.c_str());
    return bytes;
  };
}

}  // namespace tenon::spec
