// What the container says about a module beside its code: types, imports, segments, names.
#pragma once

#include "compiler/plan/instance_layout.h"
#include "compiler/wasm/module.h"
#include "format/writer.h"

namespace tenon::compiler {

// All parts but the variants.
container::Parts DescribeModule(const wasm::Module& module, const InstanceLayout& layout,
                                const std::string& producer);

}  // namespace tenon::compiler
