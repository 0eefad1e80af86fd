// What a verb said, where, and how it ended.
#pragma once

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace hawser::test {

struct Said {
  int code = 0;
  std::string out, err;
};

template <class Act>
Said said_by(const Act& act) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Said said;
  said.code = act();
  (void)std::fflush(stdout);
  said.out = testing::internal::GetCapturedStdout();
  said.err = testing::internal::GetCapturedStderr();
  return said;
}

}  // namespace hawser::test
