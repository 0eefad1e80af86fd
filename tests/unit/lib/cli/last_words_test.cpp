#include "lib/cli/last_words.h"

#include <gtest/gtest.h>

namespace hawser::cli {
namespace {

TEST(LastWords, HoldNoSourceOfALibrary) {
  EXPECT_EQ(
      last_words("bind: Address already in use [system:98 at /usr/include/boost/asio/detail/socket.hpp:9 in "
                 "function 'bind']"),
      "bind: Address already in use");
  EXPECT_EQ(last_words("assign: Bad file descriptor [system:9]"), "assign: Bad file descriptor");
}

TEST(LastWords, SayWhatHelpsAgainstTooFewDescriptors) {
  EXPECT_EQ(last_words("epoll: Too many open files [system:24 at /usr/include/x.hpp:1]"),
            "epoll: Too many open files: allow more (ulimit -n, LimitNOFILE=)");
}

TEST(LastWords, LeaveOthersAsTheyAreAndAreNeverEmpty) {
  EXPECT_EQ(last_words("a list [1] of two"), "a list [1] of two");
  EXPECT_EQ(last_words(""), "failed for an unknown reason");
}

}  // namespace
}  // namespace hawser::cli
