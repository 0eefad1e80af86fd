#include "lib/daemon/channel.h"

#include <array>
#include <cstring>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace hawser {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

json::object number(int n) {
  return {{"n", n}};
}

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    ours = Fd(ends[0]);
    theirs = Fd(ends[1]);
  }
  std::unique_ptr<Channel> channel(Fd end) {
    return std::make_unique<Channel>(
        context, std::move(end), [this](const json::object& message) { heard.push_back(message); },
        [this] { ++ended; });
  }
  void write_raw(std::string_view bytes) const {
    ASSERT_EQ(::send(theirs.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void run() {
    context.restart();
    context.run_for(std::chrono::milliseconds{20});
  }

  boost::asio::io_context context;
  Fd ours, theirs;
  std::vector<json::object> heard;
  int ended = 0;
};

TEST_F(ChannelTest, BringsEachMessageOnceAndInOrder) {
  const auto here = channel(std::move(ours));
  const auto there = channel(std::move(theirs));
  for (int i = 0; i < 3; ++i) here->send(number(i));
  run();
  EXPECT_THAT(heard, ElementsAre(number(0), number(1), number(2)));
}

TEST_F(ChannelTest, BringsAMessageThatIsLargerThanAnySocketBuffer) {
  const auto here = channel(std::move(ours));
  const auto there = channel(std::move(theirs));
  here->send({{"text", std::string(20'000'000, 'x')}});
  here->send(number(1));
  for (int i = 0; i < 500 && heard.size() < 2; ++i) run();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].at("text").as_string().size(), 20'000'000U);
}

TEST_F(ChannelTest, KeepsWhatABusyPeerDoesNotTakeAndSendsItWhenItDoes) {
  const auto here = channel(std::move(ours));
  for (int i = 0; i < 20'000; ++i) here->send({{"n", i}, {"text", std::string(100, 'x')}});
  run();
  const auto there = channel(std::move(theirs));  // reads from now on
  for (int i = 0; i < 500 && heard.size() < 20'000; ++i) run();
  ASSERT_EQ(heard.size(), 20'000U);
  EXPECT_EQ(heard.back().at("n"), 19'999);
}

TEST_F(ChannelTest, WaitsForTheRestOfAMessageThatComesInPieces) {
  const auto here = channel(std::move(ours));
  const auto frame = encode_frame(number(7));
  for (const char byte : frame) {
    EXPECT_TRUE(heard.empty());
    write_raw({&byte, 1});
    run();
  }
  EXPECT_THAT(heard, ElementsAre(number(7)));
}

TEST_F(ChannelTest, EndsWithItsPeer) {
  const auto here = channel(std::move(ours));
  write_raw(encode_frame(number(7)));
  theirs.reset();
  run();
  EXPECT_THAT(heard, ElementsAre(number(7)));
  EXPECT_EQ(ended, 1);
  here->send(number(1));  // nowhere
  run();
  EXPECT_EQ(ended, 1);
}

TEST_F(ChannelTest, EndsWhenWhatItHearsIsNoMessage) {
  for (const auto& bytes : {std::string("\xff\xff\xff\xff", 4), std::string("\x02\x00\x00\x00[]", 6),
                            std::string("\x01\x00\x00\x00{", 5)}) {
    ended = 0;
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    theirs = Fd(ends[1]);
    const auto here = channel(Fd(ends[0]));
    write_raw(bytes);
    run();
    EXPECT_EQ(ended, 1);
    EXPECT_TRUE(heard.empty());
  }
}

TEST_F(ChannelTest, MayEndAfterItsLastMessage) {
  const auto here = channel(std::move(ours));
  const auto there = channel(std::move(theirs));
  here->send(number(1));
  here->send_and_end();
  run();
  EXPECT_THAT(heard, ElementsAre(number(1)));
  EXPECT_EQ(ended, 2) << "it and its peer";
}

TEST_F(ChannelTest, MayBeDestroyedByItsOwnMessage) {
  std::unique_ptr<Channel> here;
  here = std::make_unique<Channel>(
      context, std::move(ours), [&](const json::object&) { here.reset(); }, [this] { ++ended; });
  write_raw(encode_frame(number(1)) + encode_frame(number(2)));
  run();
  EXPECT_FALSE(here);
  EXPECT_EQ(ended, 0);
}

TEST_F(ChannelTest, GivesUpAPeerThatNeverReads) {
  const auto here = channel(std::move(ours));
  const json::object large{{"text", std::string(30'000'000, 'x')}};
  for (int i = 0; i < 4; ++i) here->send(large);
  run();
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace hawser
