// "did you mean": the word that was probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hawser::cli {

// The candidate with the fewest changed, missing, swapped or extra letters; empty when none is near (more
// than a third of the word differs).
std::string closest(std::string_view word, std::span<const std::string> candidates);

}  // namespace hawser::cli
