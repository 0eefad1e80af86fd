// `./dev test --all`: what takes too long for every run is sampled there, and done whole here.
#pragma once

#include <cstdlib>

namespace hawser::lab {

inline bool thorough() {
  const char* all = std::getenv("HAWSER_TEST_ALL");
  return all != nullptr && *all != '\0';
}

}  // namespace hawser::lab
