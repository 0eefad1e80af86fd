// contract_tests: what the machine's kernel lacks is not registered, unless HAWSER_REQUIRE_MODULES=1 says
// that it must not lack anything.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/contract/host.h"

int main(int argc, char** argv) {
  const auto missing = hawser::contract::missing_modules();
  const char* required = std::getenv("HAWSER_REQUIRE_MODULES");
  if (!missing.empty()) std::cerr << "this kernel lacks: " << missing << "\n";
  if (!missing.empty() && required != nullptr && *required != '\0') return 1;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
