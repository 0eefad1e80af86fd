// A part is a program of its own; here it is the test program under another name, see child_test.cpp.
#include "lib/daemon/part.h"

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "tests/support/temp_dir.h"

namespace hawser {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kName = "hawser-test-part";

// Answers each message with itself; ends when it is told to.
[[noreturn]] void be_the_part() {
  auto socket = become_child();
  if (!socket) ::_exit(8);
  boost::asio::io_context context;
  std::unique_ptr<Channel> channel;
  channel = std::make_unique<Channel>(
      context, std::move(*socket),
      [&](const json::object& message) {
        if (message.contains("end")) ::_exit(5);
        channel->send(message);
      },
      [] { ::_exit(0); });
  context.run();
  ::_exit(6);
}

// Before main(), and so before GoogleTest looks at the command line.
const bool kIsPart = [] {
  const auto line = read_file("/proc/self/cmdline");
  if (line && line->c_str() == kName) be_the_part();
  return false;
}();

class PartTest : public testing::Test {
 protected:
  PartTest() { std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe"), program_); }
  Part::Callbacks callbacks() {
    return {.started = [this] { ++started_; },
            .heard = [this](const json::object& message) { heard_.push_back(message); },
            .ended =
                [this](const Ending& ending, std::optional<Milliseconds> pause) {
                  ended_.push_back(to_string(ending));
                  pauses_.push_back(pause);
                },
            .not_started = [this](const Error& why) { not_started_.push_back(why.text); }};
  }
  template <class Done>
  bool run_until(const Done& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!done() && std::chrono::steady_clock::now() < end) {
      context_.restart();
      context_.run_for(Milliseconds{20});
    }
    return done();
  }

  test::TempDir directory_;
  std::filesystem::path program_ = directory_.path() / kName;
  boost::asio::io_context context_;
  int started_ = 0;
  std::vector<json::object> heard_;
  std::vector<std::string> ended_, not_started_;
  std::vector<std::optional<Milliseconds>> pauses_;
};

TEST_F(PartTest, IsStartedAndAnswers) {
  Part part(context_, program_, callbacks());
  ASSERT_TRUE(part.start());
  EXPECT_FALSE(kIsPart);
  EXPECT_EQ(started_, 1);
  part.send({{"n", 1}});
  EXPECT_TRUE(run_until([&] { return !heard_.empty(); }));
  EXPECT_THAT(heard_, ElementsAre(json::object{{"n", 1}}));
}

TEST_F(PartTest, IsStartedAgainWhenItEndedAndToldSo) {
  Part part(context_, program_, callbacks());
  ASSERT_TRUE(part.start());
  part.send({{"end", true}});
  ASSERT_TRUE(run_until([&] { return started_ == 2; }));
  EXPECT_THAT(ended_, ElementsAre("exit status 5"));
  part.send({{"n", 2}});
  EXPECT_TRUE(run_until([&] { return !heard_.empty(); }));
}

// Of the version that was there when this process began.
TEST_F(PartTest, IsStartedAgainThoughItsFileIsGone) {
  Part part(context_, program_, callbacks());
  std::filesystem::remove(program_);
  ASSERT_TRUE(part.start());
  part.kill();
  EXPECT_TRUE(run_until([&] { return started_ == 2; }));
}

TEST_F(PartTest, ThatWasLetGoIsNotStartedAgain) {
  Part part(context_, program_, callbacks());
  ASSERT_TRUE(part.start());
  part.let_go();
  part.send({{"end", true}});
  ASSERT_TRUE(run_until([&] { return !ended_.empty(); }));
  EXPECT_THAT(pauses_, ElementsAre(std::nullopt));
  context_.restart();
  context_.run_for(Milliseconds{300});
  EXPECT_EQ(started_, 1);
}

TEST_F(PartTest, ThatIsNotThereIsAnErrorOrTriedAgain) {
  Part part(context_, directory_.path() / "none", callbacks());
  const auto begun = part.start();
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().text, HasSubstr("none: No such file or directory"));
  part.keep_running();
  EXPECT_THAT(not_started_, ElementsAre(HasSubstr("No such file or directory")));
}

TEST(PartProgram, IsBesideThisOneOrInLibexec) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(part_program(self.filename().native()).value(), self);
  EXPECT_EQ(part_program("none").value(), self.parent_path().parent_path() / "libexec/hawser/none");
}

}  // namespace
}  // namespace hawser
