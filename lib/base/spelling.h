// "did you mean": the word that was probably meant.
#pragma once

#include <string_view>
#include <vector>

namespace hawser {

// The candidate with the fewest changed, missing, swapped or extra letters; of several the first. Empty when
// none is near: more than a third of the word differs.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace hawser
