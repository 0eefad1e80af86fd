// Words as exec() and posix_spawn() want them.
#pragma once

#include <string>
#include <vector>

namespace hawser {

// Ends with a null pointer; points into `words`.
inline std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> result;
  result.reserve(words.size() + 1);
  for (auto& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace hawser
