// An answer that comes when what was asked for is done, and asking from within an event loop.
#include "lib/control/later.h"

#include <mutex>

#include <gmock/gmock.h>

#include "lib/control/async_client.h"
#include "tests/support/clock.h"
#include "tests/unit/lib/control/control_fixture.h"

namespace hawser::control {
namespace {

using namespace std::chrono_literals;

class LateAnswer : public Control {
 protected:
  // Keeps what it owes, by the target that was asked for; "/short" is answered at once.
  void start_owing(const Limits& limits = {}) {
    start(
        [this](const Request& request) {
          if (request.target == "/short") return Response{200, "at once"};
          Response response;
          response.later = std::make_shared<Later>();
          const std::scoped_lock hold(mutex_);
          owed_[request.target] = response.later;
          return response;
        },
        limits);
  }
  std::shared_ptr<Later> owed(const std::string& target) {
    const std::scoped_lock hold(mutex_);
    const auto found = owed_.find(target);
    return found == owed_.end() ? nullptr : found->second;
  }
  [[nodiscard]] bool is_owed(const std::string& target) {
    return lab::eventually(5s, [&] { return owed(target) != nullptr; });
  }
  void give(const std::string& target, const Response& response) {
    boost::asio::post(server_->context(), [later = owed(target), response] { later->give(response); });
  }
  std::future<std::string> ask_later(const std::string& target) {
    return std::async(std::launch::async, [this, target] { return asked({"POST", target, ""}); });
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Later>> owed_;
};

TEST_F(LateAnswer, ComesWhenItIsGivenLongAfterTheDeadlineOfARequest) {
  start_owing({.deadline = 50ms});
  auto answer = ask_later("/run");
  ASSERT_TRUE(is_owed("/run"));
  EXPECT_EQ(answer.wait_for(200ms), std::future_status::timeout);
  give("/run", {200, "done"});
  EXPECT_EQ(answer.get(), "done");
}

TEST_F(LateAnswer, IsTheFirstOneGiven) {
  start_owing();
  auto answer = ask_later("/run");
  ASSERT_TRUE(is_owed("/run"));
  const auto later = owed("/run");
  boost::asio::post(server_->context(), [later] {
    later->give({200, "first"});
    later->give({200, "second"});
  });
  EXPECT_EQ(answer.get(), "first");
}

TEST_F(LateAnswer, MayBeThereBeforeTheHandlerReturns) {
  start([](const Request&) {
    Response response;
    response.later = std::make_shared<Later>();
    response.later->give({200, "already"});
    return response;
  });
  EXPECT_EQ(asked({}), "already");
}

TEST_F(LateAnswer, IsNotPushedOutByShortRequests) {
  start_owing({.connections = 2});
  auto answer = ask_later("/run");
  ASSERT_TRUE(is_owed("/run"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(asked({"GET", "/short", ""}), "at once");
  const RawClient one(socket());
  const RawClient two(socket());
  const RawClient three(socket());
  EXPECT_EQ(asked({"GET", "/short", ""}), "at once");
  give("/run", {200, "done"});
  EXPECT_EQ(answer.get(), "done");
}

TEST_F(LateAnswer, IsAbandonedWhenWhoAskedGoesAway) {
  start_owing();
  {
    const RawClient client(socket());
    client.send("POST /run HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(is_owed("/run"));
    EXPECT_FALSE(owed("/run")->abandoned());
  }
  EXPECT_TRUE(lab::eventually(5s, [&] { return owed("/run")->abandoned(); }));
}

TEST_F(LateAnswer, OfAServerThatEndsIsAClosedConnection) {
  start_owing();
  auto answer = ask_later("/run");
  ASSERT_TRUE(is_owed("/run"));
  server_.reset();
  EXPECT_THAT(answer.get(), testing::HasSubstr("end of stream"));
}

Reached ask_in_loop(const std::filesystem::path& socket, const Request& request, Milliseconds deadline) {
  boost::asio::io_context loop{1};
  Reached result{fail("not asked"), false};
  boost::asio::co_spawn(loop, ask_async(loop.get_executor(), socket, request, deadline),
                        [&](const std::exception_ptr&, Reached reached) { result = std::move(reached); });
  loop.run();
  return result;
}

TEST_F(LateAnswer, IsWaitedForWithoutBlocking) {
  start_owing();
  auto asking = std::async(std::launch::async, [&] {
    return ask_in_loop(socket(), {"POST", "/run", "body"}, 10s);
  });
  ASSERT_TRUE(is_owed("/run"));
  give("/run", {201, "done"});
  const auto reached = asking.get();
  ASSERT_TRUE(reached.answer) << reached.answer.error().text;
  EXPECT_EQ(*reached.answer, (Response{201, "done"}));
}

TEST_F(LateAnswer, ThatDoesNotComeWithinTheDeadlineIsSaidToHaveBeenAskedFor) {
  start_owing();
  const auto reached = ask_in_loop(socket(), {"POST", "/run", ""}, 50ms);
  EXPECT_TRUE(reached.connected);
  ASSERT_FALSE(reached.answer);
  EXPECT_EQ(reached.answer.error().text, "no answer within 50ms");
}

TEST_F(LateAnswer, OfNobodyIsSaidNotToHaveBeenAskedFor) {
  const auto reached = ask_in_loop(socket(), {}, 1s);
  EXPECT_FALSE(reached.connected);
  ASSERT_FALSE(reached.answer);
  EXPECT_EQ(reached.answer.error().code, ENOENT);
}

}  // namespace
}  // namespace hawser::control
