// The kind of a step in one word, for programs.
#pragma once

#include <string_view>

#include "lib/plan/step.h"

namespace hawser {

std::string_view kind_of(const Step& step);  // "create-link", "set-bond-option", "add-real"

}  // namespace hawser
